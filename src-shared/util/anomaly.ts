import { median } from './statistics.js'

/** Makes the median absolute deviation an estimate of the standard deviation of normal values. */
export const NORMAL_CONSISTENCY = 1.4826

/**
 * How many deviations (by the median absolute one) each value lies below the median of all; below 0 for those above it. All
 * 0 where more than half of them are equal.
 */
export function deviationsBelow(values: readonly number[]): number[] {
  const middle = median(values)
  const deviation = NORMAL_CONSISTENCY * median(values.map((value) => Math.abs(value - middle)))
  return values.map((value) => (deviation > 0 ? (middle - value) / deviation : 0))
}
