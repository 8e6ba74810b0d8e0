import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { RunId } from '../../../src-shared/model/ids.js'
import { DATASET_FILE_ENDING, readDataset } from '../../storage/dataset-file.js'
import { isLockHeld } from '../../storage/file-lock.js'
import { isFromNewer } from '../../storage/versioned-file.js'
import { isLeftover } from '../../storage/write-whole.js'
import { ANNOTATING } from '../annotations-file.js'
import { INDEX_FILE } from '../list-runs.js'
import { HOST_FILE, hostLockOf, HOSTS } from '../run-hosts.js'
import { parseRecord, RECORD, SETTLING } from '../run-store.js'
import { isUnderWay } from '../lost-runs.js'
import { parsePlan, PLAN } from '../studies.js'
import type { Finding, Verification } from './finding.js'
import { verifyRun } from './verify-run.js'

export interface VerifyOptions {
  /** Null: datasets are not looked at. */
  readonly datasetCache: string | null
}

/** Looks at everything that a workspace holds, and changes nothing. */
export async function verifyWorkspace(given: string, { datasetCache }: VerifyOptions): Promise<Verification> {
  const workspace = resolve(given)
  const findings: Finding[] = []
  const tell = (kind: Finding['kind'], path: string, text: string): void => {
    const inside = relative(workspace, path)
    findings.push({ kind, path: inside.startsWith('..') ? path : inside, text })
  }
  const checked = { runs: 0, events: 0, artifacts: 0, bytes: 0, studies: 0, datasets: 0 }

  const runs = join(workspace, 'runs')
  for (const name of (await namesIn(runs)).toSorted()) {
    const folder = join(runs, name)
    if (!RunId.safeParse(name).success) {
      if (!isLeftover(name)) tell('note', folder, 'It is no folder of a run.')
      continue
    }
    checked.runs += 1
    const { findings: found, ...counts } = await verifyRun(folder, name, () => isLost(workspace, folder))
    for (const { kind, file, text } of found) tell(kind, join(folder, file), text)
    checked.events += counts.events
    checked.artifacts += counts.artifacts
    checked.bytes += counts.bytes
  }

  const studies = join(workspace, 'studies')
  for (const name of (await namesIn(studies)).toSorted()) {
    const path = join(studies, name, PLAN)
    const text = await readFile(path, 'utf8').catch(() => null)
    if (text === null) continue
    checked.studies += 1
    try {
      parsePlan(path, text)
    } catch (error) {
      tell(isFromNewer(error) ? 'note' : 'damaged', path, (error as Error).message)
    }
  }

  for (const { path, text } of await findLeftovers(workspace)) tell('leftover', path, text)
  const index = join(workspace, INDEX_FILE)
  const why = checkIndex(index)
  if (why !== null) tell('leftover', index, `The index of the runs is damaged and will be made anew: ${why}.`)

  for (const name of datasetCache === null ? [] : await namesIn(datasetCache)) {
    if (!name.endsWith(DATASET_FILE_ENDING) || isLeftover(name)) continue
    const path = join(datasetCache ?? '', name)
    checked.datasets += 1
    await readDataset(path).catch((error: unknown) => {
      tell(isFromNewer(error) ? 'note' : 'damaged', path, (error as Error).message)
    })
  }
  return { workspace, checked, findings }
}

export interface Leftover {
  readonly path: string
  readonly text: string
}

/** What programs that were ended in the middle have left; nothing of it is anybody's. */
export async function findLeftovers(workspace: string): Promise<Leftover[]> {
  const found: Leftover[] = []
  const names = await readdir(workspace, { recursive: true, withFileTypes: true }).catch(orNone)
  for (const entry of names) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile()) continue
    if (isLeftover(entry.name)) {
      found.push({ path, text: 'A file that was not written to its end; what it was to replace is whole.' })
    } else if ([SETTLING, ANNOTATING].includes(entry.name) && !isLockHeld(path)) {
      found.push({ path, text: 'The lock of a process that is gone.' })
    } else if (entry.name === HOST_FILE && (await isEnded(entry.parentPath))) {
      found.push({ path, text: 'It names the process of a run that has ended.' })
    } else if (entry.parentPath === join(workspace, HOSTS) && entry.name.endsWith('.lock') && !isLockHeld(path)) {
      found.push({ path, text: 'The lock of a process that is gone.' })
    }
  }
  return found
}

async function isEnded(runFolder: string): Promise<boolean> {
  const path = join(runFolder, RECORD)
  try {
    return !isUnderWay(parseRecord(path, await readFile(path, 'utf8')))
  } catch {
    // What cannot be read is reported as that.
    return false
  }
}

/** The same that the list of runs asks, without removing the lock. */
async function isLost(workspace: string, runFolder: string): Promise<boolean> {
  const lock = await hostLockOf(runFolder)
  return lock === null || !isLockHeld(join(workspace, HOSTS, lock))
}

/** Why the index is damaged; null where it is not, or where there is none. */
function checkIndex(path: string): string | null {
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(path, { readOnly: true })
    const found = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
    return found === 'ok' ? null : String(found)
  } catch (error) {
    const { errcode } = error as { errcode?: number }
    // 14: it cannot be opened, so there is none.
    return errcode === 14 ? null : (error as Error).message
  } finally {
    database?.close()
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(orNone)
}

function orNone(error: NodeJS.ErrnoException): never[] {
  if (error.code === 'ENOENT') return []
  throw error
}

/** Whether the file has not been touched for so long. */
export async function isOlderThan(path: string, ms: number): Promise<boolean> {
  return Date.now() - (await stat(path)).mtimeMs > ms
}
