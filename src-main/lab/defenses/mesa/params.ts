import { z } from 'zod'
import { RecoveryParams, SelectionParams } from '../../trigger-recovery/params.js'
import { descentParams } from '../fine-tuning/params.js'

const positive = z.number().gt(0)

export const RepairParams = descentParams({
  epochs: 10,
  batchSize: 32,
  optimizer: 'sgd',
  learningRate: 0.01,
  weightDecay: 0,
}).extend({
  triggeredShare: positive.max(1).default(0.5).meta({
    title: 'Triggered share',
    description: 'Chance of each image to get a fresh recovered trigger. Its true label stays.',
  }),
})
export type RepairParams = z.output<typeof RepairParams>

const beta = positive.max(1)
const BetaParams = z.strictObject({
  first: beta
    .default(0.9)
    .meta({ title: 'First', description: 'Target probability above which a trigger earns nothing more.' }),
  second: beta.nullable().default(0.8).meta({ title: 'Second', description: 'null: no second generator.' }),
  third: beta.nullable().default(0.5).meta({ title: 'Third', description: 'null: no third generator.' }),
})

/** One generator for each. */
export function betasOf({ first, second, third }: z.output<typeof BetaParams>): number[] {
  return [first, second, third].filter((each) => each !== null)
}

export const MesaParams = z.strictObject({
  // The search for the target has one generator a class, the repair one for each beta below.
  recovery: RecoveryParams.prefault({}).meta({ title: 'Trigger recovery' }),
  betas: BetaParams.prefault({}).meta({
    title: 'Betas of the ensemble',
    description: 'One generator for each; that of the recovery is for the search alone.',
  }),
  repair: RepairParams.prefault({}).meta({ title: 'Repair' }),
  selection: SelectionParams.prefault({}).meta({ title: 'Choices' }),
})
export type MesaParams = z.output<typeof MesaParams>

/** The published settings. Written for 8,000 clean images in batches of 128; with fewer there are fewer steps. */
export const publishedParams = {
  recovery: {
    hidden: 512,
    alpha: 0.1,
    beta: 0.5,
    epochs: 10,
    searchEpochs: 10,
    batchSize: 128,
    learningRate: 0.0002,
    pixelNoise: 0.1,
    position: 'per-batch',
  },
  betas: { first: 0.9, second: 0.8, third: 0.5 },
  repair: {
    epochs: 10,
    batchSize: 128,
    learningRate: 0.001,
    schedule: 'constant',
    momentum: 0.9,
    triggeredShare: 0.01,
  },
} as const satisfies z.input<typeof MesaParams>
