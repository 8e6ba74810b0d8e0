import { constants } from 'node:fs'
import { access, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError } from '../../src-shared/contract/errors.js'
import { isTerminal, RunEvent } from '../../src-shared/contract/events.js'
import { invalidInput } from '../../src-shared/contract/field-errors.js'
import type { RunId } from '../../src-shared/model/ids.js'
import type { AnnotationsChange, RunAnnotations } from '../../src-shared/model/run-annotations.js'
import { RUN_FORMAT, RUN_VERSION, RunRecord, whyNotResumed } from '../../src-shared/model/run-record.js'
import { METRICS_HEADER, metricLines } from '../../src-shared/runs/metrics-csv.js'
import { allRuns, type RunList, type RunListRequest } from '../../src-shared/runs/run-list.js'
import { appendText } from '../storage/append-text.js'
import { CHECKPOINTS } from '../storage/checkpoint-file.js'
import { makeFolder } from '../storage/disk.js'
import { takeLock } from '../storage/file-lock.js'
import { parseVersioned, type FileForm } from '../storage/versioned-file.js'
import { writeWhole } from '../storage/write-whole.js'
import { changeAnnotations } from './annotations-file.js'
import { createRunLister } from './list-runs.js'
import { endOfLost, isUnderWay, type LostEnd } from './lost-runs.js'
import { parseJson, readIfThere } from './read-json.js'
import type { RunHosts } from './run-hosts.js'

export const RECORD = 'run.json'
export const EVENTS = 'events.jsonl'
const METRICS = 'metrics.csv'
export const SETTLING = 'settling.lock'
/** The longest text that there can be is a little longer. */
export const MAX_EVENT_BYTES = 500_000_000
const DURABLE = { durable: true }

const RECORD_FORM: FileForm = { format: RUN_FORMAT, version: RUN_VERSION, title: 'the record of a run' }

export interface RunStore {
  folderOf(runId: RunId): string
  create(record: RunRecord): Promise<void>
  /**
   * Takes a run that ended before it was done, so that this process may go on with it. Throws `conflict` where it cannot
   * be gone on with, and whatever `check` throws; then nothing of it has changed.
   */
  reopen(runId: RunId, check: (record: RunRecord) => Promise<void>): Promise<{ record: RunRecord; events: RunEvent[] }>
  /**
   * Of a run of this process whose end cannot be written down: it is known here, and is noted when it is next read and
   * there is room.
   */
  remember(end: LostEnd): void
  /** Of a run that is done. */
  removeCheckpoints(runId: RunId): Promise<void>
  save(record: RunRecord): Promise<void>
  read(runId: RunId): Promise<RunRecord>
  /** All of them, newest first, if nothing is asked for. */
  list(request?: RunListRequest): Promise<RunList>
  annotate(runId: RunId, change: AnnotationsChange): Promise<RunAnnotations>
  append(event: RunEvent): Promise<void>
  readEvents(runId: RunId): Promise<RunEvent[]>
  close(): void
}

/**
 * Folders of plain files under `<workspace>/runs`: the only truth about runs. A run that was left in the middle by a
 * process that is gone is marked as what it is when it is next read.
 */
export function createRunStore(workspace: string, hosts: RunHosts, log: (problem: unknown) => void): RunStore {
  const root = join(resolve(workspace), 'runs')
  const folderOf = (runId: RunId): string => join(root, runId)
  const save = async (record: RunRecord): Promise<void> => {
    await writeWhole(join(folderOf(record.runId), RECORD), `${JSON.stringify(record, null, 2)}\n`)
    if (!isUnderWay(record)) await hosts.release(folderOf(record.runId))
  }

  const readRecord = async (runId: RunId): Promise<RunRecord> => {
    const path = join(folderOf(runId), RECORD)
    const text = await readIfThere(path)
    if (text === null) {
      throw new AppError({
        code: 'not-found',
        message: `There is no run ${runId} in ${root}.`,
        hint: 'The command "list runs" shows the runs of a workspace; --workspace chooses another.',
      })
    }
    return parseRecord(path, text)
  }

  const readEvents = async (runId: RunId): Promise<RunEvent[]> => {
    const text = (await readIfThere(join(folderOf(runId), EVENTS), MAX_EVENT_BYTES)) ?? ''
    // A last line cut off by a crash is left out: it was never acknowledged.
    return text.split('\n').flatMap((line) => {
      const event = RunEvent.safeParse(parseJson(line))
      return event.success ? [event.data] : []
    })
  }

  const unwritten = new Map<RunId, LostEnd>()

  const isLost = async (runId: RunId): Promise<boolean> => unwritten.has(runId) || hosts.isLost(folderOf(runId))

  /** How a run ended that is no longer under way, although its record says so; null for any other. */
  const unnotedEnd = async (record: RunRecord): Promise<LostEnd | null> => {
    const { runId } = record
    if (!isUnderWay(record) || !(await isLost(runId))) return null
    return unwritten.get(runId) ?? endOfLost(record, await readEvents(runId))
  }

  const read = async (runId: RunId): Promise<RunRecord> => {
    const record = await readRecord(runId)
    const end = await unnotedEnd(record)
    if (end === null) return record
    // What cannot be noted, because the workspace may only be read, say, is found again at the next reading.
    await note(end).catch(() => undefined)
    return end.record
  }

  /** Once: several programs may find the same lost run at the same time. */
  const note = async ({ record, event }: LostEnd): Promise<void> => {
    const folder = folderOf(record.runId)
    const lock = takeLock(join(folder, SETTLING), 'noting how the run ended')
    try {
      if (isUnderWay(await readRecord(record.runId))) {
        // The line before may have been cut off.
        if (event !== null) await appendText(join(folder, EVENTS), `\n${JSON.stringify(event)}\n`, DURABLE)
        await save(record)
      }
      unwritten.delete(record.runId)
    } finally {
      lock.release()
    }
  }

  const lister = createRunLister({ workspace: resolve(workspace), root, recordFile: RECORD, read, isLost, log })

  // One change after the other: each begins with what the one before has written.
  let changes: Promise<unknown> = Promise.resolve()

  return {
    folderOf,
    save,
    read,
    list: (request = allRuns) => lister.list(request),
    annotate(runId, change) {
      const changed = changes.then(async () => {
        await read(runId)
        return changeAnnotations(folderOf(runId), change)
      })
      changes = changed.catch(() => undefined)
      return changed
    },
    async create(record) {
      const folder = folderOf(record.runId)
      try {
        await makeFolder(folder)
        await hosts.claim(folder)
        await save(record)
        await appendText(join(folder, METRICS), METRICS_HEADER, DURABLE)
      } catch (error) {
        // Nobody was told of the run. What cannot be removed either says no more than that there was to be one.
        await rm(folder, { recursive: true, force: true }).catch(() => undefined)
        throw error
      }
    },
    remember: (end) => void unwritten.set(end.record.runId, end),
    async reopen(runId, check) {
      const end = await unnotedEnd(await readRecord(runId))
      if (end !== null) await note(end)
      const folder = folderOf(runId)
      const lock = takeLock(join(folder, SETTLING), 'resuming the run')
      try {
        const record = await readRecord(runId)
        const reason = whyNotResumed(record)
        if (reason !== null) {
          throw new AppError({ code: 'conflict', message: `Run ${runId} cannot be resumed: ${reason}.` })
        }
        await check(record)
        const events = await readEvents(runId)
        try {
          await hosts.claim(folder)
          // What was cut off in the middle of a line is written anew.
          await writeWhole(join(folder, EVENTS), events.map((event) => `${JSON.stringify(event)}\n`).join(''))
          await writeWhole(join(folder, METRICS), METRICS_HEADER + events.map(metricLines).join(''))
        } catch (error) {
          await hosts.release(folder)
          throw error
        }
        return { record, events }
      } finally {
        lock.release()
      }
    },
    async removeCheckpoints(runId) {
      await rm(join(folderOf(runId), CHECKPOINTS), { recursive: true, force: true })
    },
    async append(event) {
      const folder = folderOf(event.runId)
      await appendText(join(folder, EVENTS), `${JSON.stringify(event)}\n`, { durable: isMilestone(event) })
      if (event.type === 'run.metrics') await appendText(join(folder, METRICS), metricLines(event), DURABLE)
    },
    readEvents,
    close: () => lister.close(),
  }
}

/** Throws in words what is wrong with a record, `unsupported` for one of a newer version. */
export function parseRecord(path: string, text: string): RunRecord {
  return parseVersioned(path, RECORD_FORM, RunRecord, parseJson(text))
}

/** What a power cut must not take back once it was told: how a run ended, and what was measured and saved in it. */
function isMilestone({ type }: RunEvent): boolean {
  return type === 'run.metrics' || type === 'run.artifact' || isTerminal({ type })
}

/** Refuses a workspace that cannot be made or written, before any work starts. */
export async function checkWorkspace(workspace: string): Promise<void> {
  try {
    const runs = join(resolve(workspace), 'runs')
    await makeFolder(runs)
    await access(runs, constants.W_OK)
  } catch (error) {
    const message = `cannot be written (${(error as Error).message}); choose a folder that you may write to`
    throw invalidInput([{ path: 'workspace', value: JSON.stringify(workspace), message }])
  }
}
