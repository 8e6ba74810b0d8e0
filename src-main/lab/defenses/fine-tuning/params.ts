import { z } from 'zod'
import { AugmentationConfig } from '../../../../src-shared/model/experiment.js'

export interface DescentDefaults {
  readonly epochs: number
  readonly batchSize: number
  readonly optimizer: 'sgd' | 'nesterov' | 'adam'
  readonly learningRate: number
  readonly weightDecay: number
}

/** How a defense goes on training a model with its clean images: the same questions for each, with defaults of its own. */
export function descentParams(defaults: DescentDefaults) {
  return z.strictObject({
    epochs: z.int().min(1).max(1000).default(defaults.epochs).meta({ title: 'Epochs' }),
    batchSize: z.int().min(1).max(4096).default(defaults.batchSize).meta({ title: 'Batch size', unit: 'images' }),
    optimizer: z.enum(['sgd', 'nesterov', 'adam']).default(defaults.optimizer).meta({
      title: 'Optimizer',
      description: 'Stochastic gradient descent with momentum, the same with Nesterov momentum, or Adam.',
    }),
    learningRate: z
      .number()
      .gt(0)
      .max(10)
      .default(defaults.learningRate)
      .meta({ title: 'Learning rate', description: 'At the start.' }),
    schedule: z.enum(['cosine', 'constant', 'step']).default('cosine').meta({
      title: 'Schedule',
      description: 'Cosine down to zero over the epochs, constant, or down to a tenth in one step.',
    }),
    dropAfter: z
      .int()
      .min(1)
      .max(1000)
      .default(2)
      .meta({ title: 'Drop after', unit: 'epochs', description: 'When the schedule "step" goes down; for it alone.' }),
    momentum: z.number().min(0).lt(1).default(0.9).meta({ title: 'Momentum', description: 'Beta 1 of Adam.' }),
    weightDecay: z.number().min(0).max(1).default(defaults.weightDecay).meta({
      title: 'Weight decay',
      description: 'L2 penalty added to the gradient of every trained weight.',
    }),
    augmentation: AugmentationConfig.omit({ kind: true })
      .prefault({})
      .meta({ title: 'Augmentation', description: "How the defender's images are varied." }),
  })
}
export type DescentOptions = z.output<ReturnType<typeof descentParams>>

export const SelectionParams = z.strictObject({
  accuracyFloor: z
    .number()
    .min(0)
    .max(1)
    .default(0.02)
    .meta({
      title: 'Accuracy floor',
      description:
        'The last epoch is kept whose validation accuracy lies no further than this below that of the victim, give or ' +
        'take a standard error. 1: the last epoch, whatever it costs.',
    }),
  slowDowns: z
    .int()
    .min(0)
    .max(8)
    .default(3)
    .meta({
      title: 'Slow-downs',
      description:
        'How many times the training starts anew, at half the learning rate, when no epoch keeps the accuracy: the ' +
        'treatment is then as strong as the model bears.',
    }),
})

export const FineTuningParams = z.strictObject({
  layers: z.enum(['all', 'classifier']).default('all').meta({
    title: 'Layers',
    description: 'What is trained: every weight, or those of the classifying linear layer alone.',
  }),
  training: descentParams({
    epochs: 20,
    batchSize: 32,
    optimizer: 'sgd',
    learningRate: 0.2,
    weightDecay: 0.0005,
  })
    .prefault({})
    .meta({ title: 'Training' }),
  selection: SelectionParams.prefault({}).meta({ title: 'Choices' }),
})
export type FineTuningParams = z.output<typeof FineTuningParams>

/** BackdoorBench's settings, for every defense of it that trains. */
export const backdoorbenchTraining = {
  batchSize: 256,
  optimizer: 'sgd',
  learningRate: 0.01,
  schedule: 'cosine',
  momentum: 0.9,
  weightDecay: 0.0005,
  augmentation: { cropPadding: 4 },
} as const

/** What published code does: it ends with the last epoch. */
export const keepLast = { accuracyFloor: 1, slowDowns: 0 } as const
