import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { invalidInput } from '../../src-shared/contract/field-errors.js'
import type { CheckpointStore } from '../lab/checkpoints.js'
import { decodeCheckpoint, encodeCheckpoint, MAX_CHECKPOINT_BYTES } from '../storage/checkpoint-file.js'
import { disk } from '../storage/disk.js'
import { writeWhole } from '../storage/write-whole.js'

const EVERY = 'UNBACKDOOR_CHECKPOINT_SECONDS'
const SECONDS = 10

/** The least time between two checkpoints: ten seconds, or what the environment says. Throws where that is no number. */
export function checkpointEveryMs(environment: NodeJS.ProcessEnv = process.env): number {
  const given = environment[EVERY]
  const seconds = given === undefined || given === '' ? SECONDS : Number(given)
  if (seconds >= 0) return 1000 * seconds
  throw invalidInput([{ path: `$${EVERY}`, value: JSON.stringify(given), message: 'must be seconds, 0 or more' }])
}

/** Checkpoints as files of a folder: of each piece of work the newest, and beside it the one before. */
export function createCheckpointFiles(folder: string, everyMs: number): CheckpointStore {
  const pathOf = (work: number, which: 'newest' | 'before'): string =>
    join(folder, `work-${String(work).padStart(4, '0')}${which === 'before' ? '.before' : ''}`)

  return {
    everyMs,
    async works() {
      const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return []
        throw error
      })
      const numbers = names.flatMap((name) => /^work-(\d+)(?:\.before)?$/.exec(name)?.[1] ?? []).map(Number)
      return [...new Set(numbers)].toSorted((a, b) => a - b)
    },
    async read(work, which) {
      const path = pathOf(work, which)
      try {
        const { size } = await stat(path)
        if (size > MAX_CHECKPOINT_BYTES) return { unusable: `it has ${size} bytes, more than can be read` }
        return decodeCheckpoint(await readFile(path))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw error
      }
    },
    async write(work, checkpoint) {
      const newest = pathOf(work, 'newest')
      const parts = encodeCheckpoint(checkpoint)
      // First beside it, so that a full disk costs nothing that is there.
      await writeWhole(`${newest}.next`, parts)
      await renameIfThere(newest, pathOf(work, 'before'))
      await disk.rename(`${newest}.next`, newest)
      await disk.syncFolder(folder)
    },
    async remove(work) {
      await rm(pathOf(work, 'newest'), { force: true })
      await rm(pathOf(work, 'before'), { force: true })
    },
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await disk.rename(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
