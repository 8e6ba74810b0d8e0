import { z } from 'zod'
import { JsonValue } from './json.js'

/** Images as bytes 0..255, image by image, row by row, channels last, in base64 so that they cross any wire. */
export const PixelBlock = z.object({
  count: z.int().min(0),
  height: z.int().min(1),
  width: z.int().min(1),
  channels: z.int().min(1),
  base64: z.base64(),
})
export type PixelBlock = z.infer<typeof PixelBlock>

export const PreviewRequest = z.object({
  experiment: JsonValue.meta({ description: 'Only dataset, attack and seed are looked at.' }),
  offset: z.int().min(0).default(0).meta({ description: 'Which poisoned sample comes first.' }),
  count: z.int().min(1).max(64).default(16),
})
export type PreviewRequest = z.infer<typeof PreviewRequest>

/**
 * Some of the training images that the run will poison, before and after: the very ones, by the same seed. A trigger
 * that the run first optimises is shown as it starts.
 */
export const TriggerPreview = z.object({
  poisonedImages: z.int().min(0).meta({ description: 'How many the run will poison in all.' }),
  trainingImages: z.int().min(0),
  classNames: z.array(z.string()),
  samples: z.array(
    z.object({
      index: z.int().min(0).meta({ description: 'Position in the training set.' }),
      trueClass: z.int().min(0),
      poisonedClass: z.int().min(0),
    }),
  ),
  clean: PixelBlock,
  poisoned: PixelBlock,
  trigger: PixelBlock,
  note: z.string().nullable().meta({ description: 'What is not yet as the run will have it, in a sentence.' }),
})
export type TriggerPreview = z.infer<typeof TriggerPreview>
