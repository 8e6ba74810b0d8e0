import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Experiment } from '../../src-shared/model/experiment.js'
import { listingFacts } from '../../src-shared/model/run-listing.js'
import { experimentIdentity } from '../../src-shared/model/experiment-identity.js'
import { RunId } from '../../src-shared/model/ids.js'
import type { RunAnnotations } from '../../src-shared/model/run-annotations.js'
import type { RunListing, RunRecord } from '../../src-shared/model/run-record.js'
import { ANNOTATIONS, readAnnotations } from './annotations-file.js'
import { isUnderWay } from './lost-runs.js'
import { storageError } from './read-json.js'

/** Files that are looked at at once: enough to keep the disk busy. */
const AT_ONCE = 16

export interface ListedRuns {
  /** Newest first. */
  readonly runs: RunListing[]
  /** Names of folders that are no runs, or whose record cannot be read. */
  readonly unreadable: string[]
}

type Facts = Omit<RunListing, 'annotations'>

/** What was made of a file, and the state of the file it was made of. */
interface Known<T> {
  readonly stamp: string
  readonly value: T
}

/**
 * Lists the runs under `root`. What was read of a file is kept for as long as its time, size and number stay the same,
 * so that only the first list reads all of them.
 */
export function createRunLister(
  root: string,
  recordFile: string,
  { read, isLost }: { read(runId: RunId): Promise<RunRecord>; isLost(runId: RunId): Promise<boolean> },
) {
  /** Null: not readable. */
  let facts = new Map<string, Known<Facts | null>>()
  let annotations = new Map<string, Known<RunAnnotations | null>>()

  const factsOf = async (name: string): Promise<Known<Facts | null>> => {
    const stamp = await stampOf(join(root, name, recordFile))
    const known = facts.get(name)
    const runId = RunId.safeParse(name)
    // Nobody changes the record of a run whose process is gone, until it is read.
    const isStale = runId.success && known?.value && isUnderWay(known.value) && (await isLost(runId.data))
    if (known?.stamp === stamp && !isStale) return known
    const record = runId.success && stamp !== NO_FILE ? await read(runId.data).catch(() => null) : null
    if (record === null) return { stamp, value: null }
    return {
      // Reading may have changed it.
      stamp: isUnderWay(record) ? stamp : await stampOf(join(root, name, recordFile)),
      value: listingFacts(record, experimentKey(record.experiment)),
    }
  }

  const annotationsOf = async (name: string): Promise<Known<RunAnnotations | null>> => {
    const stamp = await stampOf(join(root, name, ANNOTATIONS))
    const known = annotations.get(name)
    if (known?.stamp === stamp) return known
    return { stamp, value: await readAnnotations(join(root, name)).catch(() => null) }
  }

  return async (): Promise<ListedRuns> => {
    const names = await readdir(root).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw storageError(`${root} cannot be read: ${error.message}`, error)
    })
    const newestFirst = names.toSorted().toReversed()
    const found = await inTurns(newestFirst, async (name) => {
      const [record, said] = await Promise.all([factsOf(name), annotationsOf(name)])
      return { name, record, said }
    })
    facts = readable(found.map(({ name, record }) => [name, record]))
    annotations = readable(found.map(({ name, said }) => [name, said]))
    return {
      runs: found.flatMap(({ record, said }) =>
        record.value === null ? [] : [{ ...record.value, annotations: said.value }],
      ),
      unreadable: found.flatMap(({ name, record }) => (record.value === null ? [name] : [])),
    }
  }
}

/** Made anew, so that what was deleted is forgotten, and what could not be read is tried again. */
function readable<T>(entries: [string, Known<T | null>][]): Map<string, Known<T | null>> {
  return new Map(entries.filter(([, { value }]) => value !== null))
}

const NO_FILE = 'none'

/** Changes whenever the file does: whole-file writes give it a new number, others a new time or size. */
async function stampOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => null)
  return found === null ? NO_FILE : `${found.ino} ${found.mtimeMs} ${found.size}`
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
