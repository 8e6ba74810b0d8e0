/** Powers of ten above the smallest size that is told apart: a thousandth of the largest. */
const DECADES = 3

/**
 * Sizes in powers of ten above a thousandth of the largest, 0 to 3: high frequencies, which are small, are seen beside
 * low ones, and what is smaller still counts as nothing.
 */
export function logSizes(sizes: Float32Array, largest: number): Float32Array {
  return sizes.map((size) => (size > 0 ? Math.max(0, Math.log10(size / largest) + DECADES) : 0))
}
