import type { WireError } from '../../src-shared/contract/errors.js'
import type { RunEvent } from '../../src-shared/contract/events.js'
import type { RunRecord } from '../../src-shared/model/run-record.js'

/** How a run ended whose process was gone before it. */
export interface LostEnd {
  readonly record: RunRecord
  /** Null where the end has been noted before, and only the record was not. */
  readonly event: RunEvent | null
}

/**
 * The end of a run that nobody runs any more, from what was written of it until then: it failed with the last event that
 * there is, since nothing is known of later.
 */
export function endOfLost(record: RunRecord, events: readonly RunEvent[]): LostEnd {
  const last = events.at(-1)
  // It came to its end, and only the record was not brought up to date.
  if (last?.type === 'run.failed') return { record: failed(record, last.error, last.at), event: null }
  if (last?.type === 'run.cancelled') {
    return { record: { ...record, status: 'cancelled', finishedAt: last.at }, event: null }
  }
  if (last?.type === 'run.finished') {
    return { record: { ...record, status: 'done', finishedAt: last.at, summary: last.summary }, event: null }
  }
  const at = last?.at ?? record.createdAt
  const error = interruption(record)
  return {
    record: failed(record, error, at),
    event: { type: 'run.failed', error, runId: record.runId, seq: (last?.seq ?? 0) + 1, at },
  }
}

export function isUnderWay({ status }: Pick<RunRecord, 'status'>): boolean {
  return status === 'queued' || status === 'running'
}

function failed(record: RunRecord, error: WireError, finishedAt: string): RunRecord {
  return { ...record, status: 'failed', finishedAt, error }
}

/** How a run ends that waits or is in progress when its process ends. */
export function interruption({ status }: Pick<RunRecord, 'status'>): WireError {
  if (status === 'queued') {
    return {
      code: 'interrupted',
      message: 'The program ended before it was the turn of this run.',
      hint: 'Resume it, and it runs.',
    }
  }
  return {
    code: 'interrupted',
    message: 'The program ended in the middle of the run: it was closed or killed, or the machine went off.',
    hint: 'Everything saved until then is in the run folder. Resume it, and it goes on from its last checkpoint.',
  }
}
