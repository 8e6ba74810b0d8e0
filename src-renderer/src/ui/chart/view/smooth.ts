import type { ChartPoint } from '../../../../../src-shared/chart/chart-types.js'

/**
 * Exponential moving average: each point keeps `weight` (0 to below 1) of what came before it. Divided by the weights
 * that it has seen so far (as Adam does, Kingma and Ba, 2015), so that the line does not start at zero. Values that are no
 * numbers stay, and count for nothing.
 */
export function smooth(points: readonly ChartPoint[], weight: number): ChartPoint[] {
  let average = 0
  let seen = 0
  return points.map((point) => {
    if (!Number.isFinite(point.y)) return point
    average = weight * average + (1 - weight) * point.y
    seen = weight * seen + (1 - weight)
    const { x, timeMs } = point
    return timeMs === undefined ? { x, y: average / seen } : { x, y: average / seen, timeMs }
  })
}
