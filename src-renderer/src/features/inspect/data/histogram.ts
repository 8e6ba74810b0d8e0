import { known, mean } from '../../../../../src-shared/util/statistics.js'
import type { ChartPoint } from '../../../../../src-shared/chart/chart-types.js'

/** Shares (0..1) of the values in bins of equal width between `low` and `high`; those that are not known do not count. */
export function binShares(values: Float32Array, bins: number, low = 0, high = 1): number[] {
  const counts = Array.from({ length: bins }, () => 0)
  let counted = 0
  for (const value of values) {
    if (Number.isNaN(value)) continue
    const bin = Math.floor(((value - low) / (high - low)) * bins)
    counts[Math.max(0, Math.min(bins - 1, bin))]! += 1
    counted += 1
  }
  return counts.map((count) => (counted === 0 ? 0 : count / counted))
}

/** The outline of a histogram, from the ground and back to it. */
export function outlineOf(heights: readonly number[], low: number, high: number): ChartPoint[] {
  if (heights.length === 0) return []
  const edge = (bin: number): number => low + ((high - low) * bin) / heights.length
  return [
    { x: low, y: 0 },
    ...heights.flatMap((y, bin) => [
      { x: edge(bin), y },
      { x: edge(bin + 1), y },
    ]),
    { x: high, y: 0 },
  ]
}

/** Mean of the values that are known; null where none is. */
export function knownMean(values: Float32Array): number | null {
  const found = known(values)
  return found.length === 0 ? null : mean(found)
}
