import { z } from 'zod'

const positive = z.number().gt(0)

/** How triggers are recovered: fields of every defense that does so. */
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
  position: z
    .enum(['any', 'per-image', 'per-batch', 'learned'])
    .default('any')
    .meta({
      title: 'Position',
      description:
        'per-image: each image gets its patch at a random place of its own. per-batch: all images of a batch at one. ' +
        'learned: at corners, middles of edges or centre, whichever works. any: per image, and where that finds ' +
        'nothing, or hardly works, learned.',
    }),
})

export type RecoveryParams = z.output<typeof RecoveryParams>

/** How such a defense decides by its own images. */
export const SelectionParams = z.strictObject({
  detectionThreshold: z.number().gt(0).max(1).default(0.2).meta({
    title: 'Detection threshold',
    description: 'Success of recovered triggers, beyond the base rate, from which a class counts as backdoored.',
  }),
  accuracyFloor: z
    .number()
    .min(0)
    .max(1)
    .default(0.02)
    .meta({
      title: 'Accuracy floor',
      description:
        'Weights whose validation accuracy lies further than this below that of the victim, by more than a standard error, ' +
        'are a last resort.',
    }),
  stopBelow: z.number().min(0).max(1).default(0.01).meta({
    title: 'Stop below',
    description:
      "Cost (success of recovered triggers beyond the victim's base rate, plus lost validation accuracy) that counts as done.",
  }),
  patience: z.int().min(1).max(1000).default(5).meta({
    title: 'Patience',
    unit: 'epochs',
    description: 'The repair ends after so many epochs in a row that count as done.',
  }),
})

export type SelectionParams = z.output<typeof SelectionParams>
