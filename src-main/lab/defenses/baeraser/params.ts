import { z } from 'zod'

const positive = z.number().gt(0)

export const RecoveryParams = z.strictObject({
  patchSize: z.int().min(1).max(64).default(3).meta({
    title: 'Patch size',
    unit: 'pixels',
    description: 'Side of the square that triggers are searched in.',
  }),
  hidden: z.int().min(8).max(4096).default(512).meta({
    title: 'Hidden units',
    description: 'Of each layer of the generator and of the statistics network.',
  }),
  alpha: z.number().min(0).max(10).default(0.1).meta({
    title: 'Alpha',
    description: 'Weight of the mutual information between noise and trigger: higher gives more varied triggers.',
  }),
  beta: z.number().gt(0).max(1).default(0.5).meta({
    title: 'Beta',
    description: 'Target probability above which a trigger earns nothing more, so that the generator keeps spreading.',
  }),
  epochs: z.int().min(1).max(1000).default(30).meta({ title: 'Epochs' }),
  searchEpochs: z.int().min(1).max(1000).default(10).meta({
    title: 'Search epochs',
    description: 'Recovery epochs spent on each class when the target is searched for.',
  }),
  batchSize: z.int().min(8).max(4096).default(64).meta({ title: 'Batch size', unit: 'images' }),
  learningRate: positive
    .max(1)
    .default(0.0005)
    .meta({ title: 'Learning rate', description: 'Of Adam, for both networks.' }),
  pixelNoise: z.number().min(0).max(1).default(0.1).meta({
    title: 'Pixel noise',
    description: 'Standard deviation of the noise added to each generated patch, in units of 0..1 pixels.',
  }),
  position: z.enum(['per-image', 'per-batch']).default('per-image').meta({
    title: 'Position',
    description: 'Each image gets its patch at a random place of its own, or all images of a batch at one.',
  }),
})

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

export const SelectionParams = z.strictObject({
  detectionThreshold: z.number().gt(0).max(1).default(0.2).meta({
    title: 'Detection threshold',
    description: 'Success of recovered triggers, beyond the base rate, from which a class counts as backdoored.',
  }),
  accuracyFloor: z.number().min(0).max(1).default(0.02).meta({
    title: 'Accuracy floor',
    description: 'Weights whose validation accuracy lies further than this below that of the victim are a last resort.',
  }),
  stopBelow: z.number().min(0).max(1).default(0.01).meta({
    title: 'Stop below',
    description: 'Cost (success of recovered triggers plus lost validation accuracy) that counts as done.',
  }),
  patience: z.int().min(1).max(1000).default(5).meta({
    title: 'Patience',
    unit: 'epochs',
    description: 'Unlearning ends after so many epochs in a row that count as done.',
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
