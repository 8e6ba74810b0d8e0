/** SQLite's method: the first operation on the disk fails, then the second, and so on until one pass meets no fault. */
import { afterEach, describe, expect, it } from 'vitest'
import { disk, type Disk, type DiskFile } from '../../src-main/storage/disk.js'
import { isLong, tried } from './figures.js'
import { scenarios } from './scenarios.js'
import { damageIn, leftoversIn, withWorkspace } from './workspace.js'

const sound: Disk = { ...disk }
afterEach(() => void Object.assign(disk, sound))

const faults = ['EIO', 'ENOSPC', 'EACCES'] as const
const injected = isLong ? faults : faults.slice(0, 1)

/** Lets the n-th operation fail; a write that fails has written its first half. Tells whether it came to that. */
function failAt(n: number, code: (typeof faults)[number]): () => boolean {
  let count = 0
  const failsNow = (): boolean => ++count === n
  const fault = (): Error => Object.assign(new Error(`${code}: injected`), { code })
  const guard =
    <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (failsNow()) throw fault()
      return work(...args)
    }
  const guardFile = (file: DiskFile): DiskFile => ({
    async write(part) {
      if (!failsNow()) return file.write(part)
      await file.write(part.slice(0, part.length / 2))
      throw fault()
    },
    size: guard(() => file.size()),
    truncate: guard((bytes) => file.truncate(bytes)),
    sync: guard(() => file.sync()),
    async close() {
      await file.close()
      if (failsNow()) throw fault()
    },
  })
  Object.assign(disk, {
    create: guard(async (path) => guardFile(await sound.create(path))),
    openEnd: guard(async (path) => guardFile(await sound.openEnd(path))),
    rename: guard((from, to) => sound.rename(from, to)),
    remove: guard((path) => sound.remove(path)),
    makeFolder: guard((path) => sound.makeFolder(path)),
    syncFolder: guard((path) => sound.syncFolder(path)),
  } satisfies Disk)
  return () => count >= n
}

describe.each(injected)('an operation that fails with %s', (code) => {
  it.each(scenarios)(
    'leaves old or new and nothing else: $title',
    async ({ title, isRepeatable, before, act, seen }) => {
      for (let n = 1; ; n++) {
        const isOver = await withWorkspace(async (workspace) => {
          await before(workspace)
          const old = await seen(workspace)
          const hasFailed = failAt(n, code)
          const outcome = await act(workspace).then(
            () => 'done',
            () => 'refused',
          )
          Object.assign(disk, sound)
          const now = await seen(workspace)
          expect([await damageIn(workspace), await leftoversIn(workspace)], `operation ${n}`).toEqual([[], []])
          // What was refused may be there all the same: it failed after it was written. What was done is there.
          if (outcome === 'done') expect(now, `operation ${n}`).not.toEqual(old)
          // And it can be done again, which ends as if nothing had happened.
          if (outcome === 'refused' && isRepeatable) await act(workspace)
          expect(await damageIn(workspace)).toEqual([])
          return !hasFailed()
        })
        if (isOver) return tried('The n-th file operation fails', title, n - 1)
        expect(n).toBeLessThan(200)
      }
    },
  )
})
