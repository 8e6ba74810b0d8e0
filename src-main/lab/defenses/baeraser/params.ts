import { z } from 'zod'
import { RecoveryParams, SelectionParams } from '../../trigger-recovery/params.js'

const positive = z.number().gt(0)

export const UnlearningParams = z.strictObject({
  epochs: z.int().min(1).max(1000).default(12).meta({ title: 'Epochs', description: 'At most; it stops when done.' }),
  batchSize: z.int().min(8).max(4096).default(32).meta({ title: 'Batch size', unit: 'images' }),
  optimizer: z.enum(['adam', 'sgd']).default('adam').meta({
    title: 'Optimizer',
    description: 'Adam copes with the uneven curvature of frozen batch normalisation; published: SGD.',
  }),
  learningRate: positive.max(1).default(0.001).meta({ title: 'Learning rate', description: 'At the start.' }),
  schedule: z.enum(['cosine', 'constant']).default('cosine').meta({
    title: 'Schedule',
    description: 'Cosine down to zero over the epochs, or constant as published.',
  }),
  momentum: z.number().min(0).lt(1).default(0.9).meta({ title: 'Momentum', description: 'Of SGD; beta 1 of Adam.' }),
  cleanWeight: positive.max(10_000).default(1).meta({
    title: 'Clean weight',
    description: 'Weight of the cross-entropy on clean images against the ascent on triggered ones.',
  }),
  distillationWeight: z
    .number()
    .min(0)
    .max(1000)
    .default(3)
    .meta({
      title: 'Distillation weight',
      description:
        "Weight of self-distillation: with and without trigger an image should get the victim's answer to the clean one. " +
        'Not in the published method; 0 leaves it out.',
    }),
  distanceWeight: z.number().min(0).max(1).default(0.000001).meta({
    title: 'Distance weight',
    description: "Weight of the L1 distance to the victim's weights.",
  }),
  ascentBound: positive
    .max(100)
    .nullable()
    .default(5)
    .meta({
      title: 'Ascent bound',
      unit: 'nats',
      description:
        'Cross-entropy up to which a triggered image is pushed away from the target; 5 is a probability of 0.7 %. ' +
        'null: without bound, as published.',
    }),
  ascendOn: z.enum(['other-classes', 'all']).default('other-classes').meta({
    title: 'Ascend on',
    description:
      'Images that are pushed away from the target. All, as published, also pushes away those that belong there.',
  }),
  normalization: z
    .enum(['joint', 'separate'])
    .default('joint')
    .meta({
      title: 'Batch statistics',
      description:
        'joint: clean and triggered images share one batch, as the running statistics that the model is used with do. ' +
        'separate: two forward passes, as published.',
    }),
})

export const BaeraserParams = z.strictObject({
  knowledge: z
    .enum(['defender', 'oracle'])
    .default('defender')
    .meta({
      title: 'Knowledge',
      description:
        "defender: finds the target class and its stopping point from the defender's own images. oracle: is told the " +
        'target class and stops on the true trigger and the test images, as the published code does; for comparison only.',
    }),
  recovery: RecoveryParams.prefault({}).meta({ title: 'Trigger recovery' }),
  unlearning: UnlearningParams.prefault({}).meta({ title: 'Unlearning' }),
  selection: SelectionParams.prefault({}).meta({ title: 'Choices' }),
})
export type BaeraserParams = z.output<typeof BaeraserParams>
export type BaeraserInput = z.input<typeof BaeraserParams>

/**
 * The published settings (authors' code and MESA's generator). Written for 2,500 clean images in batches of 128; epochs
 * are as published, so with fewer images there are fewer steps.
 */
export const publishedParams = {
  recovery: {
    hidden: 2048,
    alpha: 0.1,
    beta: 0.5,
    epochs: 10,
    searchEpochs: 10,
    batchSize: 128,
    learningRate: 0.0002,
    pixelNoise: 0.1,
    position: 'per-batch',
  },
  unlearning: {
    epochs: 10,
    batchSize: 128,
    optimizer: 'sgd',
    learningRate: 0.0001,
    schedule: 'constant',
    momentum: 0.9,
    cleanWeight: 100,
    distillationWeight: 0,
    distanceWeight: 0.000001,
    ascentBound: null,
    ascendOn: 'all',
    normalization: 'separate',
  },
} as const satisfies BaeraserInput
