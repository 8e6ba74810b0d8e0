import { z } from 'zod'
import { MAX_CLASSES } from './dataset.js'
import { PluginChoice } from './experiment.js'
import { PluginId } from './ids.js'
import { PixelNormalization } from './pixel-normalization.js'
import { Sha256 } from './sha256.js'
import { ModelClaims, ModelName } from './victim.js'

export const MODEL_FORMAT = 'unbackdoor.model'
export const MODEL_VERSION = 1

/** What a file records of the poisoning that its model was trained on. */
export const PoisonRecord = z.object({
  poisonedTrain: z.int().min(0).nullable().meta({ description: 'Training images.' }),
  triggeredTest: z.int().min(0).nullable().meta({ description: 'Test images.' }),
  targetClass: z.int().min(0).nullable().meta({ description: 'Null where there is more than one.' }),
})
export type PoisonRecord = z.infer<typeof PoisonRecord>

export const modelSources = ['pytorch', 'safetensors', 'backdoorbench', 'trojanzoo', 'nad'] as const

/** A model that was brought along, as the `model.json` beside its weights has it. */
export const ImportedModel = z.object({
  format: z.literal(MODEL_FORMAT),
  version: z.literal(MODEL_VERSION),
  name: ModelName,
  importedAt: z.iso.datetime(),
  source: z.object({
    kind: z.enum(modelSources),
    file: z.string().meta({ description: 'Its name, no path.' }),
    bytes: z.int().min(0),
    sha256: Sha256,
  }),
  model: PluginChoice.meta({ description: 'The architecture, as it was recognised by the weights.' }),
  classes: z.int().min(2).max(MAX_CLASSES),
  channels: z.union([z.literal(1), z.literal(3)]),
  imageSize: z.object({ height: z.int().min(1), width: z.int().min(1) }).nullable(),
  pixelNormalization: PixelNormalization,
  dataset: PluginId.nullable().meta({
    description: 'What it was trained on, as its file or whoever imported it says.',
  }),
  claims: ModelClaims.nullable(),
  poison: PoisonRecord.nullable(),
  attack: PluginChoice.nullable().meta({ description: 'Trigger and target as far as they are known; null: unknown.' }),
  notes: z.array(z.string()).meta({ description: 'What the import did or left out, for people.' }),
  weights: z.object({ bytes: z.int().min(0), sha256: Sha256 }),
})
export type ImportedModel = z.infer<typeof ImportedModel>

/** What whoever imports a model says of it. */
export const ModelImportOptions = z.strictObject({
  name: ModelName.nullable().default(null).meta({ title: 'Name', description: 'None: that of the file.' }),
  architecture: PluginId.nullable().default(null).meta({
    title: 'Architecture',
    description: 'None: recognised by the names and shapes of the weights.',
  }),
  normalization: PixelNormalization.nullable().default(null).meta({
    title: 'Normalisation of the pixels',
    description: 'What the pixels were normalised by in training; none: known by the kind of file, else refused.',
  }),
  dataset: PluginId.nullable().default(null).meta({ title: 'Dataset', description: 'What it was trained on.' }),
  targetClass: z.int().min(0).nullable().default(null).meta({
    title: 'Target class',
    description: 'Of the trigger that is given; none: as the file records it.',
  }),
  position: z
    .string()
    .nullable()
    .default(null)
    .meta({ title: 'Place of the trigger', description: 'Such as bottom-right, or row,column.' }),
  opacity: z.number().gt(0).max(1).default(1).meta({ title: 'Opacity of the trigger' }),
})
export type ModelImportOptions = z.infer<typeof ModelImportOptions>
