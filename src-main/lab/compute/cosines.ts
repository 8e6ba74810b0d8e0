/** The first `count` vectors of the orthonormal DCT-II basis of `length` values: one frequency a row, the lowest first. */
export function cosines(length: number, count: number): Float32Array {
  return Float32Array.from({ length: count * length }, (_, k) => {
    const frequency = Math.floor(k / length)
    const scale = Math.sqrt((frequency === 0 ? 1 : 2) / length)
    return scale * Math.cos((Math.PI * (2 * (k % length) + 1) * frequency) / (2 * length))
  })
}
