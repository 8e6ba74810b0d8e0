import { z } from 'zod'
import { backdoorbenchTraining, descentParams, keepLast, SelectionParams } from '../fine-tuning/params.js'

/** How many of a network's maps are attended to: its last ones. */
export const ATTENDED = 3

const beta = (title: string, value: number) =>
  z.number().min(0).max(100_000).default(value).meta({ title, description: '0 leaves this map out.' })

export const NadParams = z.strictObject({
  teacherEpochs: z.int().min(1).max(1000).default(10).meta({
    title: "Teacher's epochs",
    description: 'For how long the victim is fine-tuned to become the teacher.',
  }),
  betas: z
    .strictObject({
      first: beta('First map', 500),
      second: beta('Second map', 1000),
      third: beta('Third map', 1000),
    })
    .prefault({})
    .meta({
      title: 'Attention weights',
      description: "Beta of each of the network's last three maps, from the input to the output.",
    }),
  training: descentParams({
    epochs: 20,
    batchSize: 32,
    optimizer: 'nesterov',
    learningRate: 0.1,
    weightDecay: 0.0001,
  })
    .prefault({})
    .meta({ title: 'Training', description: 'Of the teacher and of the student alike.' }),
  selection: SelectionParams.prefault({}).meta({ title: 'Choices' }),
})
export type NadParams = z.output<typeof NadParams>
export type NadInput = z.input<typeof NadParams>

/** Epochs, rates and betas of the authors' code; as published there, with augmentation for CIFAR-10. */
export const officialParams = {
  teacherEpochs: 10,
  betas: { first: 500, second: 1000, third: 1000 },
  training: {
    epochs: 20,
    batchSize: 64,
    optimizer: 'nesterov',
    learningRate: 0.1,
    schedule: 'step',
    dropAfter: 2,
    momentum: 0.9,
    weightDecay: 0.0001,
    augmentation: { cropPadding: 4, horizontalFlip: true, cutout: 3 },
  },
  selection: keepLast,
} as const satisfies NadInput

export const backdoorbenchParams = {
  teacherEpochs: 10,
  betas: { first: 500, second: 1000, third: 1000 },
  training: { ...backdoorbenchTraining, epochs: 10, schedule: 'constant' },
  selection: keepLast,
} as const satisfies NadInput
