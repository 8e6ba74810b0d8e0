import { z } from 'zod'
import { PluginId } from './ids.js'
import { JsonObject } from './json.js'
import { ImportedVictim } from './victim.js'

export const EXPERIMENT_FORMAT = 'unbackdoor.experiment'
export const EXPERIMENT_VERSION = 1

/** One plug-in and its parameters. Order of precedence: the schema's defaults, then the preset, then `params`. */
export const PluginChoice = z.strictObject({
  id: PluginId.meta({ title: 'Method' }),
  preset: PluginId.optional().meta({ title: 'Preset', description: 'A named set of parameters of this method.' }),
  params: JsonObject.default({}).meta({ title: 'Parameters' }),
})
export type PluginChoice = z.infer<typeof PluginChoice>

/** How training images are varied. The fields besides `kind` belong to `custom`. */
export const AugmentationConfig = z.strictObject({
  kind: z.enum(['none', 'dataset', 'custom']).default('none').meta({
    title: 'Augmentation',
    description: 'none: images as they are. dataset: what is customary for the dataset. custom: the fields below.',
  }),
  cropPadding: z
    .int()
    .min(0)
    .max(32)
    .default(0)
    .meta({
      title: 'Crop padding',
      usedWhen: { field: 'kind', is: ['custom'] },
      unit: 'pixels',
      description: 'Shifts each image by at most so much in each direction; what comes in is black.',
    }),
  horizontalFlip: z
    .boolean()
    .default(false)
    .meta({
      title: 'Horizontal flip',
      usedWhen: { field: 'kind', is: ['custom'] },
      description: 'Mirrors about half of the images, left to right.',
    }),
  cutout: z
    .int()
    .min(0)
    .max(256)
    .default(0)
    .meta({
      title: 'Cutout',
      usedWhen: { field: 'kind', is: ['custom'] },
      unit: 'pixels',
      description: 'Side of a square at a random place of each image that is filled with the mean pixel.',
    }),
  rotation: z
    .number()
    .min(0)
    .max(45)
    .default(0)
    .meta({
      title: 'Rotation',
      usedWhen: { field: 'kind', is: ['custom'] },
      unit: 'degrees',
      description: 'Turns each image by at most so much to either side.',
    }),
})
export type AugmentationConfig = z.infer<typeof AugmentationConfig>

export const PrecisionChoice = z.enum(['float32', 'bfloat16', 'auto'])
export type PrecisionChoice = z.infer<typeof PrecisionChoice>

export const TrainingConfig = z.strictObject({
  epochs: z.int().min(1).max(1000).default(10).meta({ title: 'Epochs', description: 'Passes over the training set.' }),
  batchSize: z.int().min(1).max(4096).default(64).meta({ title: 'Batch size', unit: 'images' }),
  learningRate: z
    .number()
    .gt(0)
    .max(10)
    .default(0.05)
    .meta({ title: 'Learning rate', description: 'At the start; SGD follows a cosine down to zero over the run.' }),
  momentum: z.number().min(0).lt(1).default(0.9).meta({ title: 'Momentum' }),
  weightDecay: z
    .number()
    .min(0)
    .max(1)
    .default(0.0005)
    .meta({ title: 'Weight decay', description: 'L2 penalty added to the gradient of every trainable weight.' }),
  precision: PrecisionChoice.default('float32').meta({
    title: 'Precision',
    description:
      'Of convolutions and matrix products while training; weights and statistics are float32. bfloat16: about three ' +
      'digits, faster on processors made for it. auto: bfloat16 on those.',
  }),
  augmentation: AugmentationConfig.prefault({}).meta({
    title: 'Augmentation',
    description: 'Of the training images, after poisoning. Test images stay as they are.',
  }),
})
export type TrainingConfig = z.infer<typeof TrainingConfig>

export const DefenderConfig = z.strictObject({
  share: z.number().gt(0).lt(1).default(0.25).meta({
    title: "Defender's share of the test split",
    description: 'Clean images handed to the defenses. All figures are measured on the rest of the test split.',
  }),
  validationShare: z.number().gt(0).lt(1).default(0.2).meta({
    title: 'Validation share',
    description: "Part of the defender's images kept aside for choices such as when to stop.",
  }),
})
export type DefenderConfig = z.infer<typeof DefenderConfig>

/**
 * Everything that decides the outcome of a run: data, model, attack, training, defenses, seed. `attack: null` trains a
 * clean model. Each defense starts anew from the same victim. With `victim` nothing is trained: the attack only says which
 * trigger is measured, and `attack: null` that it is not known.
 */
export const Experiment = z.strictObject({
  format: z.literal(EXPERIMENT_FORMAT).default(EXPERIMENT_FORMAT),
  version: z.literal(EXPERIMENT_VERSION).default(EXPERIMENT_VERSION),
  name: z.string().trim().min(1).max(120).default('Untitled experiment').meta({ title: 'Name' }),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1)
    .meta({ title: 'Seed', description: 'Every random draw of the run comes from a named stream of it.' }),
  dataset: PluginChoice,
  model: PluginChoice,
  attack: PluginChoice.nullable(),
  victim: ImportedVictim.optional().meta({
    title: 'Victim',
    description: 'A model that was imported; without it, one is trained.',
  }),
  training: TrainingConfig.prefault({}),
  defender: DefenderConfig.prefault({}),
  defenses: z.array(PluginChoice).max(20).default([]),
})
export type Experiment = z.infer<typeof Experiment>
export type ExperimentInput = z.input<typeof Experiment>
