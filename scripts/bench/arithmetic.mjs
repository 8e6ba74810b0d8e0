/**
 * One repeat: wall-clock and processor time of a unit.
 * @typedef {{ ms: number, cpuMs: number }} Timing
 *
 * Times of one side, per step or for the whole, in milliseconds.
 * @typedef {{ ms: number, minMs: number, maxMs: number, cpuMs: number }} Times
 *
 * @typedef {{ ratio: number, minRatio: number, maxRatio: number, cpuRatio: number }} Ratios
 */

/** @param {readonly number[]} values at least one */
export function median(values) {
  if (values.length === 0) throw new RangeError('There is no median of nothing')
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = /** @type {number} */ (sorted[middle])
  return sorted.length % 2 === 1 ? upper : (upper + /** @type {number} */ (sorted[middle - 1])) / 2
}

/**
 * @param {readonly Timing[]} timings
 * @param {number} perUnit
 * @returns {Times}
 */
export function timesOf(timings, perUnit) {
  const wall = timings.map(({ ms }) => ms / perUnit)
  return {
    ms: median(wall),
    minMs: Math.min(...wall),
    maxMs: Math.max(...wall),
    cpuMs: median(timings.map(({ cpuMs }) => cpuMs / perUnit)),
  }
}

/**
 * Ours over theirs. The two of a repeat are measured one right after the other, so that whatever else the machine does
 * slows both: the median of their ratios holds where the medians of the times would not.
 * @param {readonly Timing[]} ours
 * @param {readonly Timing[]} theirs
 * @returns {Ratios}
 */
export function ratiosOf(ours, theirs) {
  const pairs = ours.map((mine, index) => ({ mine, other: /** @type {Timing} */ (theirs[index]) }))
  const ratios = pairs.map(({ mine, other }) => mine.ms / other.ms)
  return {
    ratio: median(ratios),
    minRatio: Math.min(...ratios),
    maxRatio: Math.max(...ratios),
    cpuRatio: median(pairs.map(({ mine, other }) => mine.cpuMs / other.cpuMs)),
  }
}
