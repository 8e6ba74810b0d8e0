import { dirname } from 'node:path'
import { disk } from './disk.js'
import { toldWhere } from './no-room.js'

/**
 * Writes text behind what a file holds. What fails in the middle leaves the file as it was, so that the next line does not
 * begin inside a torn one. `durable`: it is on the disk before this returns. Throws `storage` where the disk is full.
 */
export async function appendText(path: string, text: string, { durable }: { durable: boolean }): Promise<void> {
  try {
    await append(path, text, durable)
  } catch (error) {
    throw toldWhere(error, path, Buffer.byteLength(text))
  }
}

async function append(path: string, text: string, durable: boolean): Promise<void> {
  const file = await disk.openEnd(path)
  try {
    const before = await file.size()
    try {
      await file.write(text)
      if (durable) await file.sync()
    } catch (error) {
      // If this fails too, readers still leave the torn line out.
      await file.truncate(before).catch(() => undefined)
      throw error
    }
    if (durable && before === 0) await disk.syncFolder(dirname(path))
  } finally {
    await file.close()
  }
}
