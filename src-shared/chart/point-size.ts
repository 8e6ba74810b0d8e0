import type { ChartSeries } from './chart-types.js'

/** Radius of the marks on a line, in pixels: none where they would hide it, large where there is no line to see. */
export function pointRadius({ marker, isFaint }: ChartSeries, pointCount: number): number {
  if (pointCount === 1) return marker === 'none' ? 2 : 5
  if (marker === 'none' || isFaint === true) return 0
  return pointCount > 60 ? 0 : 3
}
