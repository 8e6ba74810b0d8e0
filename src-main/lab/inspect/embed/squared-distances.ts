/** Squared Euclidean distances of all pairs of points (rows of `dimensions` values): count x count. */
export function squaredDistances(points: Float32Array, dimensions: number): Float64Array {
  const count = points.length / dimensions
  const distances = new Float64Array(count * count)
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0
      for (let d = 0; d < dimensions; d++) {
        const difference = points[i * dimensions + d]! - points[j * dimensions + d]!
        sum += difference * difference
      }
      distances[i * count + j] = sum
      distances[j * count + i] = sum
    }
  }
  return distances
}
