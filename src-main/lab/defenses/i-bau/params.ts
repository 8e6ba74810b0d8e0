import { z } from 'zod'
import { keepLast, SelectionParams } from '../fine-tuning/params.js'

const positive = z.number().gt(0)

export const IBauParams = z.strictObject({
  rounds: z.int().min(1).max(1000).default(5).meta({
    title: 'Rounds',
    description: 'Of finding a universal perturbation and unlearning it.',
  }),
  batchSize: z.int().min(1).max(4096).default(100).meta({ title: 'Batch size', unit: 'images' }),
  perturbation: z
    .strictObject({
      learningRate: positive.max(1000).default(10).meta({
        title: 'Learning rate',
        description: 'Of plain gradient descent on the pixels of the perturbation.',
      }),
      penalty: z.number().min(0).max(100).default(0.001).meta({
        title: 'Penalty',
        description: 'Weight of its squared length, in units of 0..1 pixels.',
      }),
    })
    .prefault({})
    .meta({ title: 'Perturbation', description: 'One for all images; found anew in each round.' }),
  unlearning: z
    .strictObject({
      learningRate: positive.max(1).default(0.001).meta({ title: 'Learning rate', description: 'Of Adam.' }),
      carryingShare: z.number().min(0).max(1).default(0.01).meta({
        title: 'Carrying share',
        description: 'Share of each batch that carries the perturbation under true labels; at least one image.',
      }),
      fixedPointSteps: z.int().min(1).max(100).default(5).meta({
        title: 'Fixed-point steps',
        description: 'Turns of the iteration that the implicit gradient is taken from. 1: no curvature.',
      }),
      fixedPointRate: positive.max(10).default(0.1).meta({
        title: 'Fixed-point rate',
        description: 'Length of the descent step whose fixed point the perturbation is taken for.',
      }),
      differenceRadius: positive
        .max(10)
        .default(0.05)
        .meta({
          title: 'Difference radius',
          description:
            'How far on either side of the perturbation gradients are compared for second-order products: its length, in ' +
            'units of 0..1 pixels.',
        }),
    })
    .prefault({})
    .meta({ title: 'Unlearning' }),
  selection: SelectionParams.prefault({}).meta({ title: 'Choices' }),
})
export type IBauParams = z.output<typeof IBauParams>
export type IBauInput = z.input<typeof IBauParams>

const published = { perturbation: { learningRate: 10, penalty: 0.001 }, selection: keepLast }
const publishedUnlearning = { carryingShare: 0.01, fixedPointSteps: 5, fixedPointRate: 0.1 }

/** The settings that the implementations share are written out, so that they stay when defaults change. */
export const officialParams = {
  ...published,
  rounds: 5,
  batchSize: 100,
  unlearning: { ...publishedUnlearning, learningRate: 0.001 },
} as const satisfies IBauInput

export const backdoorbenchParams = {
  ...published,
  rounds: 5,
  batchSize: 256,
  unlearning: { ...publishedUnlearning, learningRate: 0.0001 },
} as const satisfies IBauInput

export const backdoorToolboxParams = { ...officialParams, rounds: 3 } as const satisfies IBauInput
