import type { Stage } from '../../../src-shared/model/run-record.js'
import { isOver, type RunState } from '../../../src-shared/runs/run-state.js'

export type StageStatus = 'waiting' | 'running' | 'done' | 'skipped' | 'unreached' | 'failed' | 'cancelled'

export interface StageView {
  readonly title: string
  readonly kind: Stage['kind']
  readonly status: StageStatus
  /** Null while it has not begun. */
  readonly startedMs: number | null
  readonly endedMs: number | null
}

/** The stages of a run with what became of each. A stage that was passed over (nothing to unlearn) counts as skipped. */
export function stageViews(state: RunState): StageView[] {
  return state.record.stages.map((stage, index) => {
    const time = state.stageTimes[index]
    return {
      title: stage.title,
      kind: stage.kind,
      status: statusOf(state, index),
      startedMs: time?.startedMs ?? null,
      endedMs: time?.endedMs ?? null,
    }
  })
}

function statusOf({ record, stageIndex, stageTimes }: RunState, index: number): StageStatus {
  const hasBegun = stageTimes[index] !== undefined
  if (index === stageIndex) {
    if (record.status === 'failed' || record.status === 'cancelled') return record.status
    return record.status === 'done' ? 'done' : 'running'
  }
  if (hasBegun) return 'done'
  if (stageIndex !== null && index < stageIndex) return 'skipped'
  return isOver(record) ? 'unreached' : 'waiting'
}
