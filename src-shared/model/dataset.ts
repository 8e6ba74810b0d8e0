import { z } from 'zod'
import { WireError } from '../contract/errors.js'
import { PluginId } from './ids.js'
import { PixelNormalization } from './pixel-normalization.js'
import { Sha256 } from './sha256.js'

export const DATASET_FORMAT = 'unbackdoor.dataset'
export const DATASET_VERSION = 1

/** Labels are stored as bytes. */
export const MAX_CLASSES = 256
const MAX_SIDE = 1024

/** Under which an imported folder of images is kept; several may exist side by side. */
export const DatasetName = z
  .string()
  .max(64)
  .regex(
    /^[a-z0-9]+([._-][a-z0-9]+)*$/,
    'must be lower-case letters and digits, joined by dots, hyphens or underscores',
  )
export type DatasetName = z.infer<typeof DatasetName>

/** What the header of a stored dataset says: all that is known of it without reading its images. */
export const StoredDataset = z.object({
  format: z.literal(DATASET_FORMAT),
  version: z.literal(DATASET_VERSION),
  id: PluginId,
  name: DatasetName.nullable().meta({ description: 'Of an imported folder of images; null for an official dataset.' }),
  shape: z.object({
    height: z.int().min(1).max(MAX_SIDE),
    width: z.int().min(1).max(MAX_SIDE),
    channels: z.union([z.literal(1), z.literal(3)]),
  }),
  classNames: z.array(z.string()).min(2).max(MAX_CLASSES),
  pixelNormalization: PixelNormalization,
  trainImages: z.int().min(1),
  testImages: z.int().min(1),
  verified: z.enum(['checksum', 'structure']).meta({
    description: 'checksum: byte for byte the official content; structure: counts and form are right.',
  }),
  source: z.string().meta({ description: 'What it was imported from: the name of a file or folder, no path.' }),
  notes: z.array(z.string()).meta({ description: 'What the import did or left out, for people.' }),
  importedAt: z.iso.datetime(),
  sha256: Sha256.meta({ description: 'Of everything behind the header.' }),
})
export type StoredDataset = z.infer<typeof StoredDataset>

/** What a shell can choose about an imported folder of images. */
export const ImportOptions = z.strictObject({
  size: z.int().min(4).max(MAX_SIDE).nullable().default(null).meta({
    title: 'Size',
    unit: 'pixels',
    description: 'Height and width that every image is resized to; needed where the images differ in size.',
  }),
  channels: z.enum(['auto', 'gray', 'rgb']).default('auto').meta({
    title: 'Channels',
    description: 'auto: gray where every image is gray, else RGB.',
  }),
  testShare: z.number().gt(0).lt(1).default(0.2).meta({
    title: 'Test share',
    description: 'Share of each class that becomes the test split, where the folder has no split of its own.',
  }),
  splitSeed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1)
    .meta({ title: 'Seed of the split', description: 'And of the order in which the images are stored.' }),
})
export type ImportOptions = z.infer<typeof ImportOptions>

/** How far getting a dataset has come. `total` is null while it is not known. */
export const DatasetActivity = z.object({
  phase: z.enum(['download', 'import']),
  text: z.string(),
  done: z.number().min(0),
  total: z.number().min(0).nullable(),
  unit: z.enum(['bytes', 'images', 'files']),
})
export type DatasetActivity = z.infer<typeof DatasetActivity>

/** One dataset as a shell shows it. A plug-in of imported folders has one entry per folder, or one without name. */
export const DatasetState = z.object({
  id: PluginId,
  name: DatasetName.nullable(),
  title: z.string(),
  presence: z.enum(['built-in', 'ready', 'absent']),
  stored: StoredDataset.nullable(),
  file: z.string().nullable().meta({ description: 'The stored file, where there is one.' }),
  bytes: z.number().min(0).meta({ description: 'On disk.' }),
  downloadBytes: z.number().min(0).nullable().meta({ description: 'To fetch; null where it cannot be downloaded.' }),
  activity: DatasetActivity.nullable(),
  error: WireError.nullable().meta({ description: 'Why getting it failed the last time.' }),
})
export type DatasetState = z.infer<typeof DatasetState>

/** Name of the stored file, without its ending; also that of its lock. */
export function datasetKey(id: string, name: string | null): string {
  return name === null ? id : `${id}--${name}`
}
