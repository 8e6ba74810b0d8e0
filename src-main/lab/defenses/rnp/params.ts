import { z } from 'zod'

const positive = z.number().gt(0)
const batchSize = z.int().min(1).max(4096).meta({ title: 'Batch size', unit: 'images' })
const epochs = (count: number) => z.int().min(1).max(1000).default(count)

export const RnpParams = z.strictObject({
  knowledge: z
    .enum(['defender', 'oracle'])
    .default('defender')
    .meta({
      title: 'Knowledge',
      description:
        "defender: the threshold is chosen by the accuracy on the defender's validation images. oracle: by attack success " +
        'and accuracy on the test images, as benchmarks do; for comparison only.',
    }),
  unlearning: z
    .strictObject({
      epochs: epochs(20).meta({ title: 'Epochs', description: 'At most.' }),
      batchSize: batchSize.default(128),
      learningRate: positive.max(10).default(0.003).meta({ title: 'Learning rate', description: 'Of the ascent.' }),
      stopAt: z.number().min(0).max(1).default(0.2).meta({
        title: 'Stop at',
        description: 'Accuracy on the clean images at which enough of them is unlearned.',
      }),
    })
    .prefault({})
    .meta({ title: 'Unlearning', description: 'Of the clean images, so that what is left is the backdoor.' }),
  recovering: z
    .strictObject({
      epochs: epochs(20).meta({ title: 'Epochs' }),
      batchSize: batchSize.default(128),
      learningRate: positive.max(10).default(0.2).meta({ title: 'Learning rate', description: 'Of the masks.' }),
      alpha: positive.max(1000).default(0.2).meta({ title: 'Alpha', description: 'Weight of the loss.' }),
    })
    .prefault({})
    .meta({ title: 'Recovering', description: 'Of the clean images, by masks of the filters alone.' }),
  accuracyDrop: z.number().min(0).max(1).default(0.05).meta({
    title: 'Accuracy drop',
    description: "What pruning may cost of the victim's validation accuracy, give or take a standard error.",
  }),
})
export type RnpParams = z.output<typeof RnpParams>

/** The authors' code, for 500 images. */
export const officialParams = {
  unlearning: { epochs: 20, batchSize: 128, learningRate: 0.01, stopAt: 0.2 },
  recovering: { epochs: 20, batchSize: 128, learningRate: 0.2, alpha: 0.2 },
} as const satisfies z.input<typeof RnpParams>
