import type { ChartPoint } from '../../../../../src-shared/chart/chart-types.js'
import type { Range } from '../../../../../src-shared/chart/scale.js'
import { firstAtOrAfter } from '../nearest.js'

/**
 * Of the points in a window, those that a picture of so many columns can show: the lowest and the highest of each column,
 * in their order, so that no peak is lost. One point on either side of the window stays, for the line that leads out of it.
 */
export function decimate(points: readonly ChartPoint[], window: Range, columns: number): readonly ChartPoint[] {
  const from = Math.max(0, firstAtOrAfter(points, 'x', window.min) - 1)
  const to = Math.min(points.length, firstAtOrAfter(points, 'x', window.max) + 2)
  if (to - from <= 2 * columns) return from === 0 && to === points.length ? points : points.slice(from, to)

  const width = (window.max - window.min) / columns
  const kept: ChartPoint[] = []
  let start = from
  while (start < to) {
    const column = Math.floor((points[start]!.x - window.min) / width)
    let lowest = start
    let highest = start
    let end = start
    for (; end < to && Math.floor((points[end]!.x - window.min) / width) === column; end++) {
      if (points[end]!.y < points[lowest]!.y) lowest = end
      if (points[end]!.y > points[highest]!.y) highest = end
    }
    kept.push(points[Math.min(lowest, highest)]!)
    if (lowest !== highest) kept.push(points[Math.max(lowest, highest)]!)
    start = end
  }
  return kept
}
