import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SmallDisk {
  readonly folder: string
  /** Leaves not a byte; `makeRoom` takes it back. */
  fill(): void
  makeRoom(): void
  remove(): void
}

/** A file system in memory of so many megabytes; or why none can be mounted here. */
export function mountSmallDisk(megabytes: number): SmallDisk | { reason: string } {
  const folder = mkdtempSync(join(tmpdir(), 'small-disk-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
  if (mounted.status !== 0) {
    rmSync(folder, { recursive: true })
    return { reason: `no file system can be mounted here: ${String(mounted.stderr).trim()}` }
  }
  const filler = join(folder, 'filler')
  return {
    folder,
    fill() {
      try {
        for (;;) writeFileSync(filler, new Uint8Array(65_536), { flag: 'a' })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      }
    },
    makeRoom: () => rmSync(filler),
    remove() {
      spawnSync('umount', [folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
