import type { ChartPoint, ChartSeries } from '../../../../src-shared/chart/chart-types.js'
import type { Range } from '../../../../src-shared/chart/scale.js'

/** Along which points of a segment are in order. */
export type Order = 'x' | 'timeMs'

/** Index of the first point that is not before a place; the number of points if all are. */
export function firstAtOrAfter(points: readonly ChartPoint[], order: Order, at: number): number {
  let low = 0
  let high = points.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((points[middle]![order] ?? Infinity) < at) low = middle + 1
    else high = middle
  }
  return low
}

/** The points between two places, both included. */
export function pointsWithin(points: readonly ChartPoint[], { min, max }: Range): readonly ChartPoint[] {
  const from = firstAtOrAfter(points, 'x', min)
  let to = firstAtOrAfter(points, 'x', max)
  while (points[to]?.x === max) to += 1
  return points.slice(from, to)
}

/** The point of a line that is nearest to a place; null where the line has none. */
export function nearestPoint(segments: ChartSeries['segments'], order: Order, at: number): ChartPoint | null {
  let nearest: ChartPoint | null = null
  let smallest = Infinity
  for (const points of segments) {
    const index = firstAtOrAfter(points, order, at)
    for (const candidate of [points[index - 1], points[index]]) {
      const distance = Math.abs((candidate?.[order] ?? Infinity) - at)
      if (candidate !== undefined && distance < smallest) {
        nearest = candidate
        smallest = distance
      }
    }
  }
  return nearest
}

/** The point of any line that is nearest to a place. */
export function nearestOf(series: readonly ChartSeries[], order: Order, at: number): ChartPoint | null {
  return nearestPoint(
    series.flatMap(({ segments }) => segments),
    order,
    at,
  )
}

/** The next place to the right (1) or to the left (-1) at which any line has a point; null at the end. */
export function neighbour(series: readonly ChartSeries[], x: number, direction: 1 | -1): ChartPoint | null {
  let next: ChartPoint | null = null
  for (const points of series.flatMap(({ segments }) => segments)) {
    let index = firstAtOrAfter(points, 'x', x)
    if (direction === 1) while (points[index]?.x === x) index += 1
    const candidate = points[direction === 1 ? index : index - 1]
    if (candidate === undefined) continue
    if (next === null || Math.abs(candidate.x - x) < Math.abs(next.x - x)) next = candidate
  }
  return next
}
