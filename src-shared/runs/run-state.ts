import type { RunEvent } from '../contract/index.js'
import { beginsPass, isWorthKeeping, nothingKept, stepsDone, type KeptSoFar } from '../model/kept-progress.js'
import type { MetricOrigin, MetricValues } from '../model/metrics.js'
import type { RunRecord } from '../model/run-record.js'
import { logLine, type LogLine } from './run-log.js'

type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>
export type Progress = EventOf<'run.progress'>

export interface StageTime {
  readonly startedMs: number
  readonly endedMs: number | null
}

/** A walk of a stage through its epochs. Some stages take several, such as one for each class. */
export interface Pass {
  readonly stage: number
  /** What it is about, where the stage alone does not say it. */
  readonly note: string | null
  /** As planned. */
  readonly epochs: number
  readonly stepsPerEpoch: number
  /** Steps that were done when it began: more than 0 where it goes on after something else was done in between. */
  readonly startSteps: number
}

export interface LossPoint {
  /** Since the run began. */
  readonly elapsedMs: number
  /** Position in the list of passes. */
  readonly pass: number
  /** Steps of the pass that are done. */
  readonly steps: number
  readonly loss: number
}

export interface MetricPoint {
  /** Since the run began. */
  readonly elapsedMs: number
  readonly stage: number
  /** Position in the list of passes; its length where the stage has not reported any progress yet. */
  readonly pass: number
  /** Null for the result of a whole stage. */
  readonly epoch: number | null
  readonly origin: MetricOrigin
  readonly values: MetricValues
}

/** Everything the page shows of a run. Never changed in place: each event gives a new one. */
export interface RunState {
  readonly record: RunRecord
  readonly lastSeq: number
  readonly lastEventMs: number | null
  readonly startedMs: number | null
  readonly stageIndex: number | null
  readonly stageTimes: Readonly<Record<number, StageTime>>
  readonly progress: Progress | null
  /** Which progress was kept last: passes and loss are made of what is in the file, and of nothing more. */
  readonly kept: KeptSoFar
  readonly passes: readonly Pass[]
  readonly loss: readonly LossPoint[]
  readonly metrics: readonly MetricPoint[]
  readonly log: readonly LogLine[]
  readonly isPaused: boolean
  /** Time that it ran in parts that ended before it was resumed. */
  readonly ranMs: number
  /** The wall of triggered images and what the weights answered on it, moment by moment; null before it is hung. */
  readonly wall: Wall | null
}

export interface Wall {
  readonly layout: EventOf<'run.wall-hung'>
  readonly frames: readonly EventOf<'run.wall'>[]
}

export function initialRunState(record: RunRecord): RunState {
  return {
    record,
    lastSeq: 0,
    lastEventMs: null,
    startedMs: null,
    stageIndex: null,
    stageTimes: {},
    progress: null,
    kept: nothingKept(0),
    passes: [],
    loss: [],
    metrics: [],
    log: [],
    isPaused: false,
    ranMs: 0,
    wall: null,
  }
}

/**
 * The picture of a run from its record and its events. A record that is ahead of the events (it was read later) gives
 * the same picture, so a page that was loaded again in the middle of a run shows what the old one did.
 */
export function runState(record: RunRecord, events: readonly RunEvent[]): RunState {
  // Nobody sees the states on the way, so lists that were begun here may grow in place: copies would cost the square.
  const own = new Set<readonly unknown[]>()
  const append: Append = (list, item) => {
    if (own.has(list)) {
      ;(list as (typeof item)[]).push(item)
      return list
    }
    const copy = [...list, item]
    own.add(copy)
    return copy
  }
  return events.reduce((state, event) => apply(state, event, append), initialRunState(record))
}

/** Applies one event; those that were applied before change nothing. */
export function applyEvent(state: RunState, event: RunEvent): RunState {
  return apply(state, event, (list, item) => [...list, item])
}

type Append = <T>(list: readonly T[], item: T) => readonly T[]

function apply(state: RunState, event: RunEvent, append: Append): RunState {
  if (event.seq <= state.lastSeq) return state
  const next = applied(state, event, append)
  const line = logLine(event, next)
  return line === null ? next : { ...next, log: append(next.log, line) }
}

function applied(state: RunState, event: RunEvent, append: Append): RunState {
  const atMs = Date.parse(event.at)
  const next = { ...state, lastSeq: event.seq, lastEventMs: atMs, startedMs: state.startedMs ?? atMs }
  const { record } = state
  switch (event.type) {
    case 'run.queued': {
      // The first of them finds a record that may be ahead; any other resumes what was over.
      if (event.seq === 1) return next
      const ranMs = state.startedMs === null || state.lastEventMs === null ? 0 : state.lastEventMs - state.startedMs
      return { ...next, ranMs, record: { ...record, status: 'queued', finishedAt: null, error: null } }
    }
    case 'run.planned': {
      const started = { startedAt: record.startedAt ?? event.at, stages: event.stages, engine: event.engine }
      const status = isOver(record) ? record.status : 'running'
      // The time in which a run lay still is none of its own.
      const stageTimes = reopenStage(state, atMs)
      return { ...next, startedMs: atMs - state.ranMs, stageTimes, record: { ...record, ...started, status } }
    }
    case 'run.stage': {
      const stageTimes = { ...closeStage(state, atMs), [event.index]: { startedMs: atMs, endedMs: null } }
      return { ...next, stageIndex: event.index, stageTimes, progress: null, kept: nothingKept(atMs) }
    }
    case 'run.progress':
      return withProgress(next, event, atMs, append)
    case 'run.metrics': {
      const { stage, epoch, origin, values } = event
      const point = {
        elapsedMs: atMs - next.startedMs,
        stage,
        pass: passOf(state, epoch),
        epoch,
        origin,
        values,
      }
      return { ...next, metrics: append(state.metrics, point) }
    }
    case 'run.data':
      return { ...next, record: { ...record, images: event.images } }
    case 'run.artifact': {
      const others = record.artifacts.filter(({ path }) => path !== event.artifact.path)
      return { ...next, record: { ...record, artifacts: [...others, event.artifact] } }
    }
    case 'run.paused':
      return { ...next, isPaused: true }
    case 'run.resumed':
      return { ...next, isPaused: false }
    case 'run.wall-hung':
      return { ...next, wall: { layout: event, frames: [] } }
    case 'run.wall':
      return state.wall === null ? next : { ...next, wall: { ...state.wall, frames: append(state.wall.frames, event) } }
    case 'run.finished':
      return ended(next, atMs, { status: 'done', finishedAt: event.at, summary: event.summary })
    case 'run.failed':
      return ended(next, atMs, { status: 'failed', finishedAt: event.at, error: event.error })
    case 'run.cancelled':
      return ended(next, atMs, { status: 'cancelled', finishedAt: event.at })
    default:
      // Nothing that is shown depends on it, but its place in the sequence counts.
      return next
  }
}

export function isOver({ status }: Pick<RunRecord, 'status'>): boolean {
  return status === 'done' || status === 'failed' || status === 'cancelled'
}

/** Whether the engine holds the run where it is. */
export function isPaused(state: Pick<RunState, 'record' | 'isPaused'>): boolean {
  return state.isPaused && !isOver(state.record)
}

function withProgress(next: RunState, event: Progress, atMs: number, append: Append): RunState {
  const state = { ...next, progress: event }
  if (!isWorthKeeping(state.kept, event, atMs)) return state
  const { stage, note = null, epochs, steps: stepsPerEpoch, loss } = event
  const kept = { ...state.kept, report: event, atMs }
  const isNew = beginsPass(state.kept.report, event)
  const pass = { stage, note, epochs, stepsPerEpoch, startSteps: 0 }
  const passes = isNew ? append(state.passes, { ...pass, startSteps: stepsBefore(state, pass, event) }) : state.passes
  if (loss === null) return { ...state, kept, passes }
  const elapsedMs = atMs - (state.startedMs ?? atMs)
  const point = { elapsedMs, pass: passes.length - 1, steps: stepsDone(event), loss }
  return { ...state, kept, passes, loss: append(state.loss, point) }
}

/** Where a walk was left that goes on now; 0 for a new one. */
function stepsBefore({ passes, loss }: RunState, { stage, note, stepsPerEpoch }: Pass, event: Progress): number {
  const before = passes.findLastIndex(
    (each) => each.stage === stage && each.note === note && each.stepsPerEpoch === stepsPerEpoch,
  )
  const left = loss.findLast(({ pass }) => pass === before)?.steps ?? 0
  return left < stepsDone(event) ? left : 0
}

/** Measured at the end of an epoch: one that is long over belongs to a pass that has not reported yet. */
function passOf({ kept, passes }: RunState, epoch: number | null): number {
  const isPresent = kept.report !== null && (epoch ?? Infinity) >= kept.report.epoch
  return isPresent ? passes.length - 1 : passes.length
}

function ended(state: RunState, atMs: number, change: Partial<RunRecord>): RunState {
  return { ...state, record: { ...state.record, ...change }, stageTimes: closeStage(state, atMs), progress: null }
}

/** The stage that a run was in when it ended goes on when it is resumed. */
function reopenStage({ stageIndex, stageTimes }: RunState, atMs: number): RunState['stageTimes'] {
  const left = stageIndex === null ? undefined : stageTimes[stageIndex]
  if (stageIndex === null || left === undefined || left.endedMs === null) return stageTimes
  return { ...stageTimes, [stageIndex]: { startedMs: atMs - (left.endedMs - left.startedMs), endedMs: null } }
}

function closeStage({ stageIndex, stageTimes }: RunState, atMs: number): RunState['stageTimes'] {
  const current = stageIndex === null ? undefined : stageTimes[stageIndex]
  if (stageIndex === null || current === undefined) return stageTimes
  return { ...stageTimes, [stageIndex]: { ...current, endedMs: atMs } }
}
