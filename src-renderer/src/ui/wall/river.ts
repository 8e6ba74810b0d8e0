import type { AnswerCounts } from './answers.js'

export interface River {
  readonly viewBox: string
  /** The target's share, from the bottom up. */
  readonly target: string
  /** Third classes, upon it; what remains above is the true class. */
  readonly other: string
}

/** Counts over all moments as areas upon each other, each moment as wide as the next. */
export function river(counts: readonly AnswerCounts[]): River {
  const total = counts[0]?.total ?? 1
  const last = Math.max(1, counts.length - 1)
  const line = (heightOf: (each: AnswerCounts) => number): [number, number][] => {
    const points = counts.map((each, index): [number, number] => [index, total - heightOf(each)])
    const end = points.at(-1)
    // A single moment has no width of its own.
    return end === undefined ? [] : points.length === 1 ? [...points, [last, end[1]]] : points
  }
  const lower = line(({ target }) => target)
  const upper = line(({ target, other }) => target + other)
  return {
    viewBox: `0 0 ${last} ${total}`,
    target: path([...lower, [last, total], [0, total]]),
    other: path([...upper, ...lower.toReversed()]),
  }
}

function path(points: readonly (readonly [number, number])[]): string {
  return points.length < 3 ? '' : `M${points.map((point) => point.join(' ')).join('L')}Z`
}
