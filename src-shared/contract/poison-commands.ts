import { z } from 'zod'
import { PoisonedDataset, PoisonedSplitId, PoisonSource } from '../model/poisoned-dataset.js'
import { PixelBlock } from '../model/trigger-preview.js'
import { command } from './command.js'

/** Images of one answer. */
export const MAX_POISONED_IMAGES = 2048

/** The very images that an attack gives to the victim, to be taken elsewhere. */
export const poisonCommands = {
  'poison.describe': command(z.object({ source: PoisonSource }), PoisonedDataset),
  'poison.images': command(
    z.object({
      source: PoisonSource,
      split: PoisonedSplitId,
      from: z.int().min(0),
      count: z.int().min(1).max(MAX_POISONED_IMAGES),
    }),
    PixelBlock,
  ),
} as const

export type PoisonCommands = typeof poisonCommands
