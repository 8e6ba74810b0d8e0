import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { isLockHeld, takeLock, type FileLock } from '../storage/file-lock.js'
import { writeWhole } from '../storage/write-whole.js'
import { parseJson, readIfThere } from './read-json.js'

const FILE = 'host.json'

/** In the folder of a run that waits or runs: the lock of the process that it does so in. */
const Host = z.object({ lock: z.string().regex(/^[\w-]+\.lock$/) })

/**
 * Which process a run waits or runs in. A process that has runs holds one lock in `<workspace>/hosts`; when it is
 * killed, or the machine goes off, the lock is held by nobody, and that is how others know.
 */
export interface RunHosts {
  /** Says in a run's folder that it is this process that has it. Called before there is a record. */
  claim(runFolder: string): Promise<void>
  /** Called after the record says how the run ended. */
  release(runFolder: string): Promise<void>
  /** Whether the process that has the run is gone. */
  isLost(runFolder: string): Promise<boolean>
  close(): void
}

export function createRunHosts(workspace: string): RunHosts {
  const folder = join(workspace, 'hosts')
  const name = `${process.pid}-${randomBytes(4).toString('hex')}.lock`
  const claimed = new Set<string>()
  let mine: FileLock | null = null

  return {
    async claim(runFolder) {
      mine ??= takeLock(join(folder, name), 'running experiments')
      await writeWhole(join(runFolder, FILE), `${JSON.stringify({ lock: name })}\n`)
      claimed.add(runFolder)
    },
    async release(runFolder) {
      await rm(join(runFolder, FILE), { force: true })
      claimed.delete(runFolder)
    },
    async isLost(runFolder) {
      if (claimed.has(runFolder)) return false
      const host = Host.safeParse(parseJson((await readIfThere(join(runFolder, FILE))) ?? ''))
      if (!host.success) return true
      const lock = join(folder, host.data.lock)
      if (isLockHeld(lock)) return false
      // Nobody else's: the name is that of one process.
      rmSync(lock, { force: true })
      return true
    },
    close() {
      mine?.release()
      mine = null
    },
  }
}
