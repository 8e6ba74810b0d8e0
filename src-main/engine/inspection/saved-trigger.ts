import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../src-shared/contract/errors.js'
import type { SavedTrigger } from '../../lab/define.js'
import { decodeSafetensors } from '../../../src-shared/weights/safetensors.js'
import { hashOf } from './answer-cache.js'
import { readRunPicture } from './read-picture.js'

const TENSORS = 'trigger.safetensors'

/** What a run has saved of its trigger, and the hash of its content; null where it has saved nothing yet. */
export async function readSavedTrigger(folder: string): Promise<{ trigger: SavedTrigger; hash: string } | null> {
  const picture = await readRunPicture(folder, 'trigger.png')
  if (picture === null) return null
  const file = await readFile(join(folder, TENSORS)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw new AppError({ code: 'storage', message: `${TENSORS} cannot be read: ${error.message}` }, { cause: error })
  })
  const hash = hashOf(picture.pixels)
  if (file === null) return { trigger: { picture, tensors: null }, hash }
  return { trigger: { picture, tensors: decodeSafetensors(file).tensors }, hash: `${hash} ${hashOf(file)}` }
}
