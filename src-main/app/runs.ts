import { AppError, type WireError } from '../../src-shared/contract/errors.js'
import {
  isOfCourse,
  isTerminal,
  type AppEvent,
  type InspectionProgress,
  type RunAnnotated,
  type RunEvent,
  type RunFact,
} from '../../src-shared/contract/events.js'
import type { Experiment } from '../../src-shared/model/experiment.js'
import type { RunId } from '../../src-shared/model/ids.js'
import { isWorthKeeping, nothingKept } from '../../src-shared/model/kept-progress.js'
import { RUN_FORMAT, RUN_VERSION, type RunRecord, type Versions } from '../../src-shared/model/run-record.js'
import { wireErrorOf } from '../../src-shared/rpc/server.js'
import type { EngineHost } from './engine-host.js'
import { changed, changesRecord, differences, isRepeated, newRun, reopenedRun, type LiveRun } from './live-run.js'
import { interruption } from './lost-runs.js'
import { storageError } from './read-json.js'
import { createRunIds } from './run-ids.js'
import type { RunStore } from './run-store.js'

/** A library that complains in a loop does not fill the folder of the run. */
const MAX_ENGINE_LINES = 500

export interface Runs {
  start(experiment: Experiment): Promise<RunId>
  /** Goes on with a run that ended before it was done. Throws `conflict` where that cannot be. */
  resume(runId: RunId): Promise<void>
  /** Ends every run here, so that it can be resumed, as the process is about to end. */
  interrupt(): Promise<void>
  cancel(runId: RunId): Promise<void>
  /** Whether it is waiting or running here. */
  isLive(runId: RunId): boolean
  /** Whether it is the one in progress. */
  isActive(runId: RunId): boolean
  /** Whether a run is in progress or waits. */
  isBusy(): boolean
  /** Pauses, resumes or stops the run in progress. */
  steer(order: 'job.pause' | 'job.resume' | 'job.stop', runId: RunId): Promise<Record<string, never>>
  /** A fact from the engine. */
  accept(runId: RunId, fact: RunFact): void
  /** A line that the engine printed while it was at work. */
  engineSaid(line: string): void
  engineCrashed(ending: string): void
  /** Tells everyone what is no part of the course of a run. */
  announce(event: RunAnnotated | InspectionProgress): void
  subscribe(listener: (event: AppEvent) => void): () => void
}

export interface RunsOptions {
  readonly store: RunStore
  readonly engine: () => EngineHost
  /** Where the weights of an experiment's imported victim lie. */
  readonly victimFile: (experiment: Experiment) => string | null
  readonly versions: Versions
  readonly now: () => Date
  readonly log: (error: unknown) => string
}

/** The queue of runs: one at a time in the engine, each followed to its end and recorded. */
export function createRuns({ store, engine, victimFile, versions, now, log }: RunsOptions): Runs {
  const listeners = new Set<(event: AppEvent) => void>()
  const live = new Map<RunId, LiveRun>()
  const waiting: RunId[] = []
  const nameAt = createRunIds()
  let active: RunId | null = null
  // Writes happen one after the other, in the order of the events.
  let writes: Promise<void> = Promise.resolve()

  const write = (work: () => Promise<void>): void => {
    writes = writes.then(work).catch((error: unknown) => void log(error))
  }

  const enqueue = (run: LiveRun): void => {
    live.set(run.record.runId, run)
    waiting.push(run.record.runId)
    publish(run, { type: 'run.queued' })
    // After the answer, so that the caller knows the run before it hears of it.
    setImmediate(next)
  }

  const publish = (run: LiveRun, fact: RunFact | { type: 'run.queued' }): void => {
    run.lastSeq += 1
    const { record } = run
    const event: RunEvent = { ...fact, runId: record.runId, seq: run.lastSeq, at: now().toISOString() }
    run.record = changed(record, event)
    const isWritten = isKept(run, event)
    write(() => (isTerminal(event) ? putEnd(run, record, event) : put(run, record, event, isWritten)))
  }

  /** Who hears of an event finds it on disk. */
  const put = async (run: LiveRun, record: RunRecord, event: RunEvent, isWritten: boolean): Promise<void> => {
    if (run.failure !== null) return
    try {
      if (isWritten) {
        await store.append(event)
        if (changesRecord(record, event)) await store.save(changed(record, event))
      }
    } catch (error) {
      return breakOff(run, error)
    }
    tell(event)
  }

  /** The last of a run. Where it cannot be written, people hear of it all the same, and it is written when it can be. */
  const putEnd = async (run: LiveRun, record: RunRecord, event: RunEvent): Promise<void> => {
    const { runId, seq, at } = event
    const failedBy = (error: WireError): RunEvent => ({ type: 'run.failed', error, runId, seq, at })
    const end = run.failure === null ? event : failedBy(run.failure)
    try {
      await store.append(end)
    } catch (error) {
      const failed = failedBy(run.failure ?? notWritten(run, error))
      store.remember({ record: changed(record, failed), event: failed })
      return tell(failed)
    }
    await store.save(changed(record, end)).catch((error: unknown) => {
      store.remember({ record: changed(record, end), event: null })
      log(error)
    })
    tell(end)
    if (end.type === 'run.finished') await store.removeCheckpoints(runId)
  }

  /** Ends a run of which something could not be written: what came after would not fit what is there. */
  const breakOff = (run: LiveRun, error: unknown): void => {
    const { runId } = run.record
    run.failure = notWritten(run, error)
    // Its end waits to be written, and becomes this.
    if (!live.has(runId)) return
    if (takeFromQueue(runId)) return finish(runId, { type: 'run.cancelled' })
    // However the engine ends it is heard, and becomes this.
    askToCancel(runId).catch(() => undefined)
  }

  const notWritten = ({ record }: LiveRun, error: unknown): WireError => {
    const told =
      error instanceof AppError
        ? error
        : storageError(`${store.folderOf(record.runId)}: ${(error as Error).message}.`, error)
    const { code, message } = told
    return {
      code,
      message: `What the run reports could not be written. ${message}`,
      hint: 'All that was reported until then is in the run folder. When it can be written again, resume the run: it goes on from its last checkpoint.',
    }
  }

  const tell = (event: AppEvent): void => listeners.forEach((listener) => listener(event))

  /** Whether it was waiting there. */
  const takeFromQueue = (runId: RunId): boolean => {
    const position = waiting.indexOf(runId)
    if (position !== -1) waiting.splice(position, 1)
    return position !== -1
  }

  /** Asks the engine, and kills it if it does not obey. */
  const askToCancel = async (runId: RunId): Promise<void> => {
    const host = engine()
    const run = live.get(runId)
    // The run itself: one that was resumed meanwhile has the same id.
    host.insist(() => live.get(runId) !== run)
    await host.client().call('job.cancel', { runId })
  }

  const next = (): void => {
    const runId = active === null ? waiting.shift() : undefined
    const run = runId === undefined ? undefined : live.get(runId)
    if (runId === undefined || run === undefined) return
    active = runId
    const { record, told } = run
    engine()
      .client()
      .call('job.start', {
        runId,
        folder: store.folderOf(runId),
        experiment: record.experiment,
        victimFile: victimFile(record.experiment),
        told,
      })
      .catch((error: unknown) => finish(runId, { type: 'run.failed', error: wireErrorOf(error, log) }))
  }

  const finish = (runId: RunId, fact: RunFact): void => {
    const run = live.get(runId)
    if (run === undefined) return
    publish(run, fact)
    live.delete(runId)
    if (active === runId) active = null
    next()
  }

  return {
    async start(experiment) {
      const created = now()
      const record: RunRecord = {
        format: RUN_FORMAT,
        version: RUN_VERSION,
        runId: nameAt(created),
        status: 'queued',
        experiment,
        createdAt: created.toISOString(),
        startedAt: null,
        finishedAt: null,
        versions,
        engine: null,
        stages: [],
        summary: null,
        error: null,
        artifacts: [],
      }
      await store.create(record)
      enqueue(newRun(record))
      return record.runId
    },

    async resume(runId) {
      if (live.has(runId)) throw new AppError({ code: 'conflict', message: `Run ${runId} waits or is in progress.` })
      // How it ended here may still be on its way to the disk.
      await writes
      const { record, events } = await store.reopen(runId, async ({ experiment, images = null }) => {
        const { client } = engine()
        await client().call('job.check', { folder: store.folderOf(runId), experiment, images })
      })
      const run = reopenedRun(record, events, now().getTime())
      enqueue(run)
      const other = differences(record.versions, versions)
      if (other === null) return
      const text = `The run was begun with ${other}: it may not end exactly as it would have ended there.`
      publish(run, { type: 'run.note', level: 'warning', text })
    },

    async interrupt() {
      waiting.length = 0
      active = null
      for (const run of live.values()) publish(run, { type: 'run.failed', error: interruption(run.record) })
      live.clear()
      await writes
    },

    isLive: (runId) => live.has(runId),

    isActive: (runId) => active === runId,

    async cancel(runId) {
      if (!live.has(runId)) throw new AppError({ code: 'conflict', message: `Run ${runId} is not waiting or running.` })
      if (takeFromQueue(runId)) return finish(runId, { type: 'run.cancelled' })
      await askToCancel(runId)
    },

    isBusy: () => live.size > 0,

    async steer(order, runId) {
      if (active !== runId) throw new AppError({ code: 'conflict', message: `Run ${runId} is not in progress.` })
      return engine().client().call(order, { runId })
    },

    accept(runId, fact) {
      const run = live.get(runId)
      if (run === undefined) return
      if (isOfCourse(fact)) run.repeated = []
      if (isTerminal(fact)) finish(runId, fact)
      else if (!isRepeated(fact, run.repeated)) publish(run, fact)
    },

    engineSaid(line) {
      const run = active === null ? undefined : live.get(active)
      if (run === undefined || run.linesKept > MAX_ENGINE_LINES) return
      run.linesKept += 1
      const text = run.linesKept > MAX_ENGINE_LINES ? 'The engine prints more, which is not kept.' : line
      publish(run, { type: 'run.note', level: 'engine', text })
    },

    engineCrashed(ending) {
      if (active === null) return
      finish(active, {
        type: 'run.failed',
        error: {
          code: 'engine-crashed',
          message: `The engine stopped in the middle of the run: ${ending}.`,
          hint: 'Everything saved until then is in the run folder. Resume it, and a fresh engine goes on from its last checkpoint.',
        },
      })
    },

    announce: tell,

    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }

  /** Notes what is kept, too. */
  function isKept(run: LiveRun, event: RunEvent): boolean {
    const atMs = Date.parse(event.at)
    if (event.type === 'run.stage') run.kept = nothingKept(atMs)
    if (event.type !== 'run.progress') return true
    if (!isWorthKeeping(run.kept, event, atMs)) return false
    run.kept = { ...run.kept, report: event, atMs }
    return true
  }
}
