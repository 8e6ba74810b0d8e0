import { rmSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { disk } from '../../storage/disk.js'
import { isLeftover } from '../../storage/write-whole.js'
import { INDEX_FILE } from '../list-runs.js'
import { createRunHosts } from '../run-hosts.js'
import { createRunStore } from '../run-store.js'
import { findLeftovers, isOlderThan, verifyWorkspace } from './verify-workspace.js'

/** A younger one may be that of a program that is writing right now. */
const OLD_MS = 10 * 60_000

export interface Repair {
  /** What was done, in words. */
  readonly done: string[]
  /** What was left alone, and why. */
  readonly left: string[]
}

/**
 * Makes the index anew, notes the end of runs whose process is gone, and removes what programs that were ended in the
 * middle left behind. Nothing that a user had is changed or removed.
 */
export async function repairWorkspace(given: string): Promise<Repair> {
  const workspace = resolve(given)
  const done: string[] = []
  const left: string[] = []
  const before = await verifyWorkspace(workspace, { datasetCache: null })

  const hosts = createRunHosts(workspace)
  const store = createRunStore(workspace, hosts, (problem) => left.push(String(problem)))
  try {
    for (const ending of ['', '-wal', '-shm']) rmSync(join(workspace, `${INDEX_FILE}${ending}`), { force: true })
    // Reading a run whose process is gone notes how it ended.
    const { total } = await store.list()
    done.push(`The index was made anew, with ${total} runs.`)
  } finally {
    store.close()
    hosts.close()
  }
  const after = await verifyWorkspace(workspace, { datasetCache: null })
  for (const { path } of before.findings.filter(({ kind }) => kind === 'lost')) {
    const isStill = after.findings.some((finding) => finding.kind === 'lost' && finding.path === path)
    if (isStill) left.push(`${path}: the end of the run could not be noted.`)
    else done.push(`${path}: the run is now marked as interrupted.`)
  }

  for (const { path } of await findLeftovers(workspace)) {
    const name = relative(workspace, path)
    if (isLeftover(path.split(/[\\/]/).at(-1) ?? '') && !(await isOlderThan(path, OLD_MS))) {
      left.push(`${name}: it is younger than ten minutes, so somebody may be writing it.`)
      continue
    }
    await disk.remove(path)
    done.push(`${name} was removed.`)
  }
  const rest = after.findings.filter(({ kind }) => kind === 'damaged')
  left.push(...rest.map(({ path, text }) => `${path}: ${text}`))
  return { done, left }
}
