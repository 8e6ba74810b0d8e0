/** Natural logarithm of 1 + each size, so that high frequencies, which are small, are seen beside low ones. */
export function logSizes(sizes: Float32Array): Float32Array {
  return sizes.map((size) => Math.log1p(Math.abs(size)))
}
