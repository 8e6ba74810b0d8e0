import type { RunEvent } from '../../src-shared/contract/events.js'

/** How much of a run is done, 0 to 1, as far as an event tells; stages count alike, whatever time they take. */
export function runShare(event: RunEvent, stageCount: number): number | null {
  if (stageCount === 0) return null
  if (event.type === 'run.stage') return clamp(event.index / stageCount)
  if (event.type !== 'run.progress') return null
  // Epochs count from 1, and 0 is before the first of them.
  const epochsDone = Math.max(0, event.epoch - 1) + ratio(event.step, event.steps)
  return clamp((event.stage + (event.stageShare ?? clamp(ratio(epochsDone, event.epochs)))) / stageCount)
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share))
}
