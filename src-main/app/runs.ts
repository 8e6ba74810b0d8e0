import { AppError } from '../../src-shared/contract/errors.js'
import {
  isTerminal,
  type AppEvent,
  type InspectionProgress,
  type RunAnnotated,
  type RunEvent,
  type RunFact,
} from '../../src-shared/contract/events.js'
import type { Experiment } from '../../src-shared/model/experiment.js'
import type { RunId } from '../../src-shared/model/ids.js'
import { isWorthKeeping, nothingKept, type KeptSoFar } from '../../src-shared/model/kept-progress.js'
import { RUN_FORMAT, RUN_VERSION, type RunRecord, type Versions } from '../../src-shared/model/run-record.js'
import { wireErrorOf } from '../../src-shared/rpc/server.js'
import type { EngineHost } from './engine-host.js'
import { newRunId, type RunStore } from './run-store.js'

/** A library that complains in a loop does not fill the folder of the run. */
const MAX_ENGINE_LINES = 500

export interface Runs {
  start(experiment: Experiment): Promise<RunId>
  cancel(runId: RunId): Promise<void>
  /** Whether it is waiting or running here. */
  isLive(runId: RunId): boolean
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

interface LiveRun {
  record: RunRecord
  lastSeq: number
  kept: KeptSoFar
  /** Lines of the engine that are kept so far. */
  linesKept: number
}

export interface RunsOptions {
  readonly store: RunStore
  readonly engine: () => EngineHost
  readonly versions: Versions
  readonly now: () => Date
  readonly log: (error: unknown) => string
}

/** The queue of runs: one at a time in the engine, each followed to its end and recorded. */
export function createRuns({ store, engine, versions, now, log }: RunsOptions): Runs {
  const listeners = new Set<(event: AppEvent) => void>()
  const live = new Map<RunId, LiveRun>()
  const waiting: RunId[] = []
  let active: RunId | null = null
  // Writes happen one after the other, in the order of the events.
  let writes: Promise<void> = Promise.resolve()

  const write = (work: () => Promise<void>): void => {
    writes = writes.then(work).catch((error: unknown) => void log(error))
  }

  const publish = (run: LiveRun, fact: RunFact | { type: 'run.queued' }): void => {
    run.lastSeq += 1
    const event: RunEvent = { ...fact, runId: run.record.runId, seq: run.lastSeq, at: now().toISOString() }
    const change = changeOf(run.record, event)
    run.record = { ...run.record, ...change }
    if (isKept(run, event)) {
      const { record } = run
      write(async () => {
        await store.append(event)
        if (Object.keys(change).length > 0) await store.save(record)
      })
    }
    // Who hears of an event finds it on disk.
    write(async () => listeners.forEach((listener) => listener(event)))
  }

  const next = (): void => {
    const runId = active === null ? waiting.shift() : undefined
    const run = runId === undefined ? undefined : live.get(runId)
    if (runId === undefined || run === undefined) return
    active = runId
    const { experiment } = run.record
    engine()
      .client()
      .call('job.start', { runId, folder: store.folderOf(runId), experiment })
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
        runId: newRunId(created),
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
      const run: LiveRun = { record, lastSeq: 0, kept: nothingKept(0), linesKept: 0 }
      live.set(record.runId, run)
      waiting.push(record.runId)
      publish(run, { type: 'run.queued' })
      // After the answer, so that the caller knows the run before it hears of it.
      setImmediate(next)
      return record.runId
    },

    isLive: (runId) => live.has(runId),

    async cancel(runId) {
      if (!live.has(runId)) throw new AppError({ code: 'conflict', message: `Run ${runId} is not waiting or running.` })
      const position = waiting.indexOf(runId)
      if (position !== -1) {
        waiting.splice(position, 1)
        return finish(runId, { type: 'run.cancelled' })
      }
      const host = engine()
      host.insist(() => !live.has(runId))
      await host.client().call('job.cancel', { runId })
    },

    isBusy: () => live.size > 0,

    async steer(order, runId) {
      if (active !== runId) throw new AppError({ code: 'conflict', message: `Run ${runId} is not in progress.` })
      return engine().client().call(order, { runId })
    },

    accept(runId, fact) {
      const run = live.get(runId)
      if (run === undefined) return
      if (isTerminal(fact)) finish(runId, fact)
      else publish(run, fact)
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
          hint: 'Everything saved until then is in the run folder. Starting the experiment again uses a fresh engine.',
        },
      })
    },

    announce: (event) => listeners.forEach((listener) => listener(event)),

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

/** What an event changes in the record. */
function changeOf(record: RunRecord, event: RunEvent): Partial<RunRecord> {
  switch (event.type) {
    case 'run.planned':
      return { status: 'running', startedAt: event.at, stages: event.stages, engine: event.engine }
    case 'run.artifact':
      return { artifacts: [...record.artifacts.filter(({ path }) => path !== event.artifact.path), event.artifact] }
    case 'run.finished':
      return { status: 'done', finishedAt: event.at, summary: event.summary }
    case 'run.failed':
      return { status: 'failed', finishedAt: event.at, error: event.error }
    case 'run.cancelled':
      return { status: 'cancelled', finishedAt: event.at }
    default:
      return {}
  }
}
