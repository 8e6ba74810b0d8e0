import type { RunState } from '../../../../src-shared/runs/run-state.js'

/** What figures are made of. */
const FIGURES = ['record', 'startedMs', 'stageIndex', 'stageTimes', 'metrics'] as const
/** Grows with nearly every report of progress. */
const CURVE = ['passes', 'loss'] as const

/**
 * The state as figures need it: the one from before for as long as none of them has changed, which most reports of progress
 * do not do, so that nothing is made and drawn anew for them. `withLoss` where the loss, or how far it has come, is drawn.
 */
export function figuresState(before: RunState | undefined, now: RunState, withLoss: boolean): RunState {
  const parts = withLoss ? [...FIGURES, ...CURVE] : FIGURES
  const isSame =
    before !== undefined &&
    parts.every((part) => before[part] === now[part]) &&
    before.progress?.epochs === now.progress?.epochs
  return isSame ? before : now
}
