/** How long a loop still takes, from how long it took so far. */
export interface TimeLeft {
  /** After every step. */
  step(nowMs: number): void
  /** Milliseconds; null before two steps are done. */
  remainingMs(): number | null
}

/**
 * The first step is left out, because recording it takes longer than running it; and what happens between epochs
 * (measuring, say) is counted apart, because a loop that has done one epoch of ten has paid for only some of it.
 */
export function createTimeLeft(epochs: number, stepsPerEpoch: number, epochsDone = 0): TimeLeft {
  const steps = { ms: 0, count: 0 }
  const turns = { ms: 0, count: 0 }
  let done = epochsDone * stepsPerEpoch
  let lastMs: number | null = null

  return {
    step(nowMs) {
      // The first step of an epoch comes after all that the end of the one before brought with it.
      const kind = done > 0 && done % stepsPerEpoch === 0 ? turns : steps
      if (lastMs !== null) {
        kind.ms += nowMs - lastMs
        kind.count += 1
      }
      done += 1
      lastMs = nowMs
    },
    remainingMs() {
      if (steps.count + turns.count === 0) return null
      const perStep = steps.count === 0 ? turns.ms / turns.count : steps.ms / steps.count
      const perTurn = turns.count === 0 ? 0 : Math.max(0, turns.ms / turns.count - perStep)
      const turnsLeft = epochs - Math.floor((done - 1) / stepsPerEpoch)
      return perStep * (epochs * stepsPerEpoch - done) + perTurn * turnsLeft
    },
  }
}
