import type { RunEvent } from '../../../src-shared/contract/index.js'
import { noAnnotations, type RunAnnotations } from '../../../src-shared/model/run-annotations.js'
import type { RunRecord } from '../../../src-shared/model/run-record.js'
import { applyEvent, initialRunState, type RunState } from '../../../src-shared/runs/run-state.js'

/** A run of the recorded application: its record and everything that was said of it until now. */
export interface ReplayedRun {
  readonly record: RunRecord
  readonly events: readonly RunEvent[]
  readonly annotations: RunAnnotations
}

/** A run of which nothing has been said yet. */
export function newRun(record: RunRecord): ReplayedRun {
  return { record, events: [], annotations: noAnnotations }
}

export type Said = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'runId' | 'seq' | 'at'> : never) : never

/** Says one thing more of a run. */
export function say(run: ReplayedRun, said: Said, at: string): { run: ReplayedRun; event: RunEvent } {
  const seq = (run.events.at(-1)?.seq ?? 0) + 1
  const event = { ...said, runId: run.record.runId, seq, at } as RunEvent
  return { event, run: { ...run, record: recordAfter(run.record, event), events: [...run.events, event] } }
}

/** An event as it can be said again, of another run or at another time. */
export function withoutStamp(event: RunEvent): Said {
  const { runId: _runId, seq: _seq, at: _at, ...said } = event
  return said as Said
}

/** What an event changes in a record is known to the page already. */
function recordAfter(record: RunRecord, event: RunEvent): RunRecord {
  const before: RunState = { ...initialRunState(record), lastSeq: event.seq - 1 }
  return applyEvent(before, event).record
}
