import type { RunEvent } from '../../../src-shared/contract/index.js'
import type { MetricOrigin, MetricValues } from '../../../src-shared/model/metrics.js'
import type { RunRecord } from '../../../src-shared/model/run-record.js'
import { appendBounded } from './bounded-series.js'

type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>
export type Progress = EventOf<'run.progress'>

/** Points of the loss that are kept: more than a chart has pixels. */
const MAX_LOSS_POINTS = 4_000
const MAX_NOTES = 1_000
/** What is kept of progress on disk, so that a page loaded again draws the same curve. */
const LOSS_EVERY_MS = 1_000

export interface StageTime {
  readonly startedMs: number
  readonly endedMs: number | null
}

export interface LossPoint {
  /** Since the first event of the run. */
  readonly elapsedMs: number
  readonly stage: number
  readonly loss: number
}

export interface MetricPoint {
  readonly stage: number
  /** Null for the result of a whole stage. */
  readonly epoch: number | null
  readonly origin: MetricOrigin
  readonly values: MetricValues
}

export interface Note {
  readonly atMs: number
  readonly level: 'info' | 'warning'
  readonly text: string
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
  readonly lossKeptMs: number
  readonly loss: readonly LossPoint[]
  readonly metrics: readonly MetricPoint[]
  readonly notes: readonly Note[]
  readonly isPaused: boolean
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
    lossKeptMs: -Infinity,
    loss: [],
    metrics: [],
    notes: [],
    isPaused: false,
    wall: null,
  }
}

/**
 * The picture of a run from its record and its events. A record that is ahead of the events (it was read later) gives
 * the same picture, so a page that was loaded again in the middle of a run shows what the old one did.
 */
export function runState(record: RunRecord, events: readonly RunEvent[]): RunState {
  return events.reduce(applyEvent, initialRunState(record))
}

/** Applies one event; those that were applied before change nothing. */
export function applyEvent(state: RunState, event: RunEvent): RunState {
  if (event.seq <= state.lastSeq) return state
  const atMs = Date.parse(event.at)
  const next = { ...state, lastSeq: event.seq, lastEventMs: atMs, startedMs: state.startedMs ?? atMs }
  const { record } = state
  switch (event.type) {
    case 'run.planned': {
      const started = { startedAt: event.at, stages: event.stages, engine: event.engine }
      const status = isOver(record) ? record.status : 'running'
      return { ...next, startedMs: atMs, record: { ...record, ...started, status } }
    }
    case 'run.stage': {
      const stageTimes = { ...closeStage(state, atMs), [event.index]: { startedMs: atMs, endedMs: null } }
      return { ...next, stageIndex: event.index, stageTimes, progress: null }
    }
    case 'run.progress': {
      if (atMs - state.lossKeptMs < LOSS_EVERY_MS) return { ...next, progress: event }
      if (event.loss === null) return { ...next, progress: event, lossKeptMs: atMs }
      const point = { elapsedMs: atMs - next.startedMs, stage: event.stage, loss: event.loss }
      const loss = appendBounded(state.loss, point, MAX_LOSS_POINTS)
      return { ...next, progress: event, lossKeptMs: atMs, loss }
    }
    case 'run.metrics': {
      const { stage, epoch, origin, values } = event
      return { ...next, metrics: [...state.metrics, { stage, epoch, origin, values }] }
    }
    case 'run.note':
      return { ...next, notes: [...state.notes, { atMs, level: event.level, text: event.text }].slice(-MAX_NOTES) }
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
      return state.wall === null ? next : { ...next, wall: { ...state.wall, frames: [...state.wall.frames, event] } }
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

function ended(state: RunState, atMs: number, change: Partial<RunRecord>): RunState {
  return { ...state, record: { ...state.record, ...change }, stageTimes: closeStage(state, atMs), progress: null }
}

function closeStage({ stageIndex, stageTimes }: RunState, atMs: number): RunState['stageTimes'] {
  const current = stageIndex === null ? undefined : stageTimes[stageIndex]
  if (stageIndex === null || current === undefined) return stageTimes
  return { ...stageTimes, [stageIndex]: { ...current, endedMs: atMs } }
}
