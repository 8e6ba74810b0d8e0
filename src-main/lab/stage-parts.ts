import type { RunContext } from './run-context.js'

/** The contexts of loops that make up one stage, in their order. */
export interface StageParts {
  /** Of the next loop, which begins now. */
  next(): RunContext
}

/**
 * For a stage that is more than one loop: each loop tells how far it is itself, and this makes of it how far the stage is
 * and how long it still takes. `work` is the amount of work in each loop, in any unit.
 */
export function stageParts(context: RunContext, work: readonly number[]): StageParts {
  const total = work.reduce((sum, each) => sum + each, 0)
  const started = context.now()
  let index = -1
  let before = 0

  return {
    next() {
      before += work[index] ?? 0
      index += 1
      const from = before / total
      const width = (work[index] ?? 0) / total
      // Sums of shares can miss 1 by a hair.
      const rest = Math.max(0, 1 - from - width)
      // What the parts before took, with all that lay between them.
      const msPerShare = from === 0 ? null : (context.now() - started) / from
      let partMs: number | null = null
      return {
        ...context,
        progress(report) {
          const { stageShare: done, remainingMs } = report
          if (done === undefined) return context.progress(report)
          if (remainingMs !== null && done < 1) partMs = remainingMs / (1 - done)
          const rate = msPerShare ?? (partMs === null ? null : partMs / width)
          context.progress({
            ...report,
            stageShare: Math.min(1, from + width * done),
            remainingMs: remainingMs === null || rate === null ? null : remainingMs + rate * rest,
          })
        },
      }
    },
  }
}

/** For work that is done in the middle of another loop: it says what it is at, but nothing of how far the stage is. */
export function besides(context: RunContext): RunContext {
  return {
    ...context,
    progress: ({ stageShare: _own, ...report }) => context.progress({ ...report, remainingMs: null }),
  }
}
