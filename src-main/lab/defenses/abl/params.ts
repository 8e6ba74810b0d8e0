import { z } from 'zod'
import { descentParams, keepLast, SelectionParams } from '../fine-tuning/params.js'

const epochs = (count: number) => z.int().min(1).max(1000).default(count)

export const AblParams = z.strictObject({
  isolation: z
    .strictObject({
      loss: z
        .enum(['local-gradient-ascent', 'flooding'])
        .default('local-gradient-ascent')
        .meta({
          title: 'Loss',
          description:
            'local-gradient-ascent: each image whose loss falls below gamma is driven up again. flooding: the mean of a ' +
            'batch is.',
        }),
      gamma: z.number().gt(0).max(10).default(0.5).meta({ title: 'Gamma', unit: 'nats' }),
      epochs: epochs(5).meta({ title: 'Epochs' }),
      share: z.number().gt(0).max(0.5).default(0.01).meta({
        title: 'Isolated share',
        description: 'Of the training images, those with the lowest loss, which are taken for poisoned.',
      }),
    })
    .prefault({})
    .meta({ title: 'Isolation' }),
  training: descentParams({ epochs: 10, batchSize: 64, optimizer: 'nesterov', learningRate: 0.1, weightDecay: 0.0001 })
    .prefault({})
    .meta({
      title: 'Training',
      description:
        'On the images that were not isolated. Batches, optimizer and augmentation are those of the isolation, too.',
    }),
  unlearning: z
    .strictObject({
      epochs: epochs(10).meta({ title: 'Epochs', description: 'Over the isolated images.' }),
      learningRate: z.number().gt(0).max(1).default(0.0005).meta({ title: 'Learning rate' }),
      cleanWeight: z.number().min(0).max(1000).default(1).meta({
        title: 'Clean weight',
        description:
          'Weight of the cross-entropy on as many of the other images, as in the paper. 0: the isolated images alone.',
      }),
    })
    .prefault({})
    .meta({ title: 'Unlearning' }),
  selection: SelectionParams.omit({ slowDowns: true }).prefault({}).meta({
    title: 'Choices',
    description: 'Among the epochs of unlearning, beside the model before it.',
  }),
})
export type AblParams = z.output<typeof AblParams>

/** As in the authors' code, for 50,000 images. */
export const officialParams = {
  isolation: { loss: 'flooding', gamma: 0.5, epochs: 10, share: 0.01 },
  training: {
    epochs: 60,
    batchSize: 64,
    optimizer: 'nesterov',
    learningRate: 0.1,
    schedule: 'step',
    dropAfter: 40,
    momentum: 0.9,
    weightDecay: 0.0001,
    augmentation: { cropPadding: 4, horizontalFlip: true, cutout: 3 },
  },
  unlearning: { epochs: 5, learningRate: 0.0005, cleanWeight: 0 },
  selection: { accuracyFloor: keepLast.accuracyFloor },
} as const satisfies z.input<typeof AblParams>
