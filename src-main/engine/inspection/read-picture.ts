import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decode } from 'fast-png'
import { AppError } from '../../../src-shared/contract/errors.js'
import type { PixelImage } from '../../lab/run-context.js'

/** A picture that a run has saved; null where there is none. Throws `storage` where it is no picture of ours. */
export async function readRunPicture(folder: string, path: string): Promise<PixelImage | null> {
  const file = await readFile(join(folder, path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw new AppError({ code: 'storage', message: `${path} cannot be read: ${error.message}` }, { cause: error })
  })
  return file === null ? null : decoded(path, file)
}

function decoded(path: string, file: Uint8Array): PixelImage {
  try {
    const { height, width, channels, depth, data } = decode(file)
    if (depth === 8) return { shape: { height, width, channels }, pixels: Uint8Array.from(data) }
  } catch (cause) {
    throw unreadable(path, cause)
  }
  throw unreadable(path, undefined)
}

function unreadable(path: string, cause: unknown): AppError {
  return new AppError({ code: 'storage', message: `${path} is not a PNG picture that a run has saved.` }, { cause })
}
