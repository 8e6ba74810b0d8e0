import type { WireError } from '../../src-shared/contract/errors.js'
import { isOfCourse, type RunEvent, type RunFact } from '../../src-shared/contract/events.js'
import { nothingKept, stepsDone, type KeptSoFar } from '../../src-shared/model/kept-progress.js'
import type { RunRecord, Versions } from '../../src-shared/model/run-record.js'

/** A run that waits or is in progress here. */
export interface LiveRun {
  record: RunRecord
  lastSeq: number
  kept: KeptSoFar
  /** Lines of the engine that are kept so far. */
  linesKept: number
  /** Of a run that is resumed: facts of its course that are written down, */
  told: number
  /** and what was told after the last of them, until its course goes on. */
  repeated: readonly RunEvent[]
  /** Why something of it could not be written down: it ends with that, and nothing else of it is told any more. */
  failure: WireError | null
}

export function newRun(record: RunRecord): LiveRun {
  return { record, lastSeq: 0, kept: nothingKept(0), linesKept: 0, told: 0, repeated: [], failure: null }
}

/** A run as it goes on after these events: what the record should have had of them, it has. */
export function reopenedRun(record: RunRecord, events: readonly RunEvent[], nowMs: number): LiveRun {
  const told = events.filter(isOfCourse).length
  const lastOfCourse = events.findLastIndex(isOfCourse)
  const report = events.findLast((event) => event.type === 'run.progress') ?? null
  return {
    record: events.reduce(changed, record),
    lastSeq: events.at(-1)?.seq ?? 0,
    kept: { ...nothingKept(nowMs), report },
    linesKept: 0,
    told,
    repeated: events.slice(lastOfCourse + 1),
    failure: null,
  }
}

/** Whether it was told already, before the run ended and was resumed. */
export function isRepeated(fact: RunFact, told: readonly RunEvent[]): boolean {
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
export function differences(begun: Versions, here: Versions): string | null {
  const names = Object.keys(begun) as (keyof Versions)[]
  const other = names.filter((name) => begun[name] !== here[name])
  return other.length === 0 ? null : other.map((name) => `${name} ${begun[name]} (here ${here[name]})`).join(', ')
}

/** The record after an event. */
export function changed(record: RunRecord, event: RunEvent): RunRecord {
  return { ...record, ...changeOf(record, event) }
}

/** Whether an event is one that the record tells of. */
export function changesRecord(record: RunRecord, event: RunEvent): boolean {
  return Object.keys(changeOf(record, event)).length > 0
}

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
