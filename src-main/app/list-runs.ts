import { createHash } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { Experiment } from '../../src-shared/model/experiment.js'
import { listingFacts } from '../../src-shared/model/run-listing.js'
import { experimentIdentity } from '../../src-shared/model/experiment-identity.js'
import { RunId } from '../../src-shared/model/ids.js'
import type { RunRecord } from '../../src-shared/model/run-record.js'
import type { RunList, RunListRequest } from '../../src-shared/runs/run-list.js'
import { isFromNewer } from '../storage/versioned-file.js'
import { ANNOTATIONS, readAnnotations } from './annotations-file.js'
import type { IndexedFolder } from './index-rows.js'
import { storageError } from './read-json.js'
import { createRunIndex, type KnownFolder } from './run-index.js'

/** Runs that are read at once: enough to keep the disk busy. */
const AT_ONCE = 16
/** A folder that changed so recently may change again at the same time of the file system's clock. */
const UNSETTLED_MS = 100
/** A file that was changed in its place leaves no trace on its folder, so the files are looked at this often. */
const EXACT_EVERY_MS = 1000

export interface RunLister {
  list(request: RunListRequest): Promise<RunList>
  close(): void
}

export interface RunListerOptions {
  readonly workspace: string
  /** Of the runs. */
  readonly root: string
  readonly recordFile: string
  read(runId: RunId): Promise<RunRecord>
  isLost(runId: RunId): Promise<boolean>
  log(problem: unknown): void
}

export const INDEX_FILE = 'index.sqlite'

/**
 * Lists the runs under `root` from the index, after looking which folders have changed since: every program replaces
 * files whole, which changes the time of their folder, so one look per folder tells.
 */
export function createRunLister({ workspace, root, recordFile, read, isLost, log }: RunListerOptions): RunLister {
  const index = createRunIndex(join(workspace, INDEX_FILE), log)
  let lookedAtFiles = 0

  const filesStampOf = (name: string): string =>
    [recordFile, ANNOTATIONS].map((file) => stampOf(join(root, name, file))).join(' ')

  const readFolder = async (name: string): Promise<Pick<IndexedFolder, 'listing' | 'problem'>> => {
    const runId = RunId.safeParse(name)
    if (!runId.success) return { listing: null, problem: 'unreadable' }
    try {
      const record = await read(runId.data)
      const annotations = await readAnnotations(join(root, name)).catch(() => null)
      return { listing: { ...listingFacts(record, experimentKey(record.experiment)), annotations }, problem: null }
    } catch (error) {
      return { listing: null, problem: isFromNewer(error) ? 'newer' : 'unreadable' }
    }
  }

  /** Whether it may be another than the one that is known. `isExact`: also by the state of its files. */
  const hasChanged = (name: string, known: KnownFolder | undefined, isExact: boolean): boolean => {
    if (known === undefined || known.problem === 'unreadable') return true
    if (known.folderStamp !== stampOf(`${root}${sep}${name}`)) return true
    return isExact && known.filesStamp !== filesStampOf(name)
  }

  /** Nobody changes the record of a run whose process is gone, until it is read. */
  const isStale = async ({ name }: KnownFolder): Promise<boolean> => {
    const runId = RunId.safeParse(name)
    return runId.success && (await isLost(runId.data))
  }

  const examine = async (name: string): Promise<IndexedFolder> => {
    const folderStamp = settledStampOf(join(root, name))
    const filesStamp = filesStampOf(name)
    // Read after its state was noted: what changes in between is seen at the next list.
    return { name, folderStamp, filesStamp, ...(await readFolder(name)) }
  }

  const lookForChanges = async (): Promise<void> => {
    const names = namesIn(root)
    const known = index.known()
    const now = Date.now()
    const isExact = now - lookedAtFiles > EXACT_EVERY_MS
    const suspects = new Set(names.filter((name) => hasChanged(name, known.get(name), isExact)))
    for (const folder of known.values()) if (folder.isUnderWay && (await isStale(folder))) suspects.add(folder.name)
    const examined = await inTurns([...suspects], examine)
    const present = new Set(names)
    index.update(
      examined,
      [...known.keys()].filter((name) => !present.has(name)),
    )
    if (isExact) lookedAtFiles = now
  }

  const listOnce = async (request: RunListRequest): Promise<RunList> => {
    await lookForChanges()
    const folders = [...index.known().values()]
    const namesWith = (problem: KnownFolder['problem']): string[] =>
      folders
        .filter((folder) => folder.problem === problem)
        .map(({ name }) => name)
        .toSorted()
        .toReversed()
    return { ...index.list(request), unreadable: namesWith('unreadable'), newer: namesWith('newer') }
  }

  const answer = async (request: RunListRequest): Promise<RunList> => {
    // A workspace without runs gets no index.
    if (namesIn(root).length === 0) return { runs: [], total: 0, unreadable: [], newer: [] }
    for (;;) {
      try {
        return await listOnce(request)
      } catch (error) {
        if (!index.replace(error)) throw error
      }
    }
  }

  // One after the other: what one has found the next need not look for.
  let lists: Promise<unknown> = Promise.resolve()

  return {
    list(request) {
      const listed = lists.then(() => answer(request))
      lists = listed.catch(() => undefined)
      return listed
    },
    close: () => index.close(),
  }
}

function namesIn(root: string): string[] {
  try {
    return readdirSync(root)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw storageError(`${root} cannot be read: ${(error as Error).message}`, error)
  }
}

/**
 * Changes whenever the file or folder does: whole-file writes give it a new number, others a new time or size. The time
 * is that of the change, which nobody can set.
 */
function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? 'none' : `${found.ino} ${found.ctimeMs} ${found.size}`
}

/** Empty, so that it is looked at again, where the folder changed just now. */
function settledStampOf(folder: string): string {
  const changed = statSync(folder, { throwIfNoEntry: false })?.ctimeMs ?? 0
  return Date.now() - changed > UNSETTLED_MS ? stampOf(folder) : ''
}

/** The same for experiments that differ only in seed and name. */
export function experimentKey(experiment: Experiment): string {
  return createHash('sha256').update(experimentIdentity(experiment)).digest('base64url').slice(0, 16)
}

/** All results in order, a bounded number under way at once. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = Array.from({ length: items.length })
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index]!)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return results
}
