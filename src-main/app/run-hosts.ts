import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { isLockHeld, takeLock, type FileLock } from '../storage/file-lock.js'
import { writeWhole } from '../storage/write-whole.js'
import { parseJson, readIfThere } from './read-json.js'

export const HOST_FILE = 'host.json'
/** In the workspace: the locks of the processes that have runs. */
export const HOSTS = 'hosts'

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
  const folder = join(workspace, HOSTS)
  const name = `${process.pid}-${randomBytes(4).toString('hex')}.lock`
  const claimed = new Set<string>()
  let mine: FileLock | null = null

  return {
    async claim(runFolder) {
      mine ??= takeLock(join(folder, name), 'running experiments')
      await writeWhole(join(runFolder, HOST_FILE), `${JSON.stringify({ lock: name })}\n`)
      claimed.add(runFolder)
    },
    async release(runFolder) {
      await rm(join(runFolder, HOST_FILE), { force: true })
      claimed.delete(runFolder)
    },
    async isLost(runFolder) {
      if (claimed.has(runFolder)) return false
      const lock = await hostLockOf(runFolder)
      if (lock === null) return true
      const path = join(folder, lock)
      if (isLockHeld(path)) return false
      // Nobody else's: the name is that of one process.
      rmSync(path, { force: true })
      return true
    },
    close() {
      mine?.release()
      mine = null
    },
  }
}

/** Name of the lock of the process that has the run; null where none says so. */
export async function hostLockOf(runFolder: string): Promise<string | null> {
  const host = Host.safeParse(parseJson((await readIfThere(join(runFolder, HOST_FILE))) ?? ''))
  return host.success ? host.data.lock : null
}
