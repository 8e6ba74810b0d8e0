import { AppError } from '../../src-shared/contract/errors.js'
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
import { isWorthKeeping, nothingKept, stepsDone, type KeptSoFar } from '../../src-shared/model/kept-progress.js'
import { RUN_FORMAT, RUN_VERSION, type RunRecord, type Versions } from '../../src-shared/model/run-record.js'
import { wireErrorOf } from '../../src-shared/rpc/server.js'
import type { EngineHost } from './engine-host.js'
import { interruption } from './lost-runs.js'
import { newRunId, type RunStore } from './run-store.js'

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

interface LiveRun {
  record: RunRecord
  lastSeq: number
  kept: KeptSoFar
  /** Lines of the engine that are kept so far. */
  linesKept: number
  /** Of a run that is resumed: facts of its course that are written down, */
  told: number
  /** and what was told after the last of them, until its course goes on. */
  repeated: readonly RunEvent[]
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
    if (fact.type === 'run.finished') write(() => store.removeCheckpoints(runId))
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
      enqueue({ record, lastSeq: 0, kept: nothingKept(0), linesKept: 0, told: 0, repeated: [] })
      return record.runId
    },

    async resume(runId) {
      if (live.has(runId)) throw new AppError({ code: 'conflict', message: `Run ${runId} waits or is in progress.` })
      // How it ended here may still be on its way to the disk.
      await writes
      const { record, events } = await store.reopen(runId)
      const run = reopened(record, events, now().getTime())
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

/** A run as it goes on after these events: what the record should have had of them, it has. */
function reopened(record: RunRecord, events: readonly RunEvent[], nowMs: number): LiveRun {
  const told = events.filter(isOfCourse).length
  const lastOfCourse = events.findLastIndex(isOfCourse)
  const report = events.findLast((event) => event.type === 'run.progress') ?? null
  return {
    record: events.reduce<RunRecord>((changed, event) => ({ ...changed, ...changeOf(changed, event) }), record),
    lastSeq: events.at(-1)?.seq ?? 0,
    kept: { ...nothingKept(nowMs), report },
    linesKept: 0,
    told,
    repeated: events.slice(lastOfCourse + 1),
  }
}

/** Whether it was told already, before the run ended and was resumed. */
function isRepeated(fact: RunFact, told: readonly RunEvent[]): boolean {
  if (fact.type === 'run.note') {
    return told.some((each) => each.type === 'run.note' && each.level === fact.level && each.text === fact.text)
  }
  if (fact.type !== 'run.progress') return false
  const reports = told.filter((each) => each.type === 'run.progress')
  const isSamePass = (each: (typeof reports)[number]): boolean => each.stage === fact.stage && each.note === fact.note
  const last = reports.at(-1)
  const isPast = last !== undefined && (!isSamePass(last) || stepsDone(fact) <= stepsDone(last))
  return isPast && reports.some(isSamePass)
}

/** What these programs differ in, that of the run first; null for nothing. */
function differences(begun: Versions, here: Versions): string | null {
  const names = Object.keys(begun) as (keyof Versions)[]
  const other = names.filter((name) => begun[name] !== here[name])
  return other.length === 0 ? null : other.map((name) => `${name} ${begun[name]} (here ${here[name]})`).join(', ')
}

/** What an event changes in the record. */
function changeOf(record: RunRecord, event: RunEvent): Partial<RunRecord> {
  switch (event.type) {
    case 'run.queued':
      return { status: 'queued', finishedAt: null, error: null }
    case 'run.planned':
      return { status: 'running', startedAt: record.startedAt ?? event.at, stages: event.stages, engine: event.engine }
    case 'run.data':
      return { images: event.images }
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
