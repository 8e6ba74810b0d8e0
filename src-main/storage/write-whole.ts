import { randomBytes } from 'node:crypto'
import { dirname, join, basename } from 'node:path'
import { disk, makeFolder } from './disk.js'
import { toldWhere } from './no-room.js'

/**
 * Writes a file so that after a crash or power cut it holds either all of the old or all of the new content: to a
 * temporary file beside it, to the disk, then renamed over it, then the folder to the disk. Several parts are written
 * one after the other. Throws `storage` where the disk is full.
 */
export async function writeWhole(path: string, content: string | Uint8Array | readonly Uint8Array[]): Promise<void> {
  const folder = dirname(path)
  await makeFolder(folder)
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}${TEMPORARY}`)
  const parts: readonly (string | Uint8Array)[] = Array.isArray(content) ? content : [content]
  try {
    const file = await disk.create(temporary)
    try {
      for (const part of parts) await file.write(part)
      await file.sync()
    } finally {
      await file.close()
    }
    await disk.rename(temporary, path)
  } catch (error) {
    // What cannot be removed either is found by `repair`; why the writing failed is what people need to know.
    await disk.remove(temporary).catch(() => undefined)
    const bytes = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0)
    throw toldWhere(error, path, bytes)
  }
  await disk.syncFolder(folder)
}

const TEMPORARY = '.tmp'

/** Whether it is the name of a file that a writer was ended in the middle of. */
export function isLeftover(name: string): boolean {
  return /^\..+\.[0-9a-f]{12}\.tmp$/.test(name)
}
