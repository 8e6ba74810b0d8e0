/** @param {readonly number[]} values @param {number} share 0 to 1 */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** @param {readonly number[]} values */
export function median(values) {
  return quantile(values, 0.5)
}

/** @param {number} value */
export function ms(value) {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`
}

/** @param {number} share */
export function percent(share) {
  return `${(100 * share).toFixed(1)} %`
}

/** `17 ms, 95th percentile 18 ms, longest 33 ms`. @param {readonly number[]} values */
export function spread(values) {
  return `${ms(median(values))}, 95th percentile ${ms(quantile(values, 0.95))}, longest ${ms(Math.max(...values))}`
}
