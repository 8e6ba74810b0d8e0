import type { Rng } from '../random/rng.js'

/** Directions beyond those wanted, so that the last wanted one settles too. */
const SPARE = 6
const MOST_ROUNDS = 200
/** Change of a direction's variance, relative to the largest, below which it has settled. */
const SETTLED = 1e-9

export interface PrincipalComponents {
  readonly mean: Float64Array
  /** Unit vectors, the one with most variance first; the largest entry of each is positive. */
  readonly directions: readonly Float64Array[]
  /** Share (0..1) of the whole variance along each. */
  readonly explained: readonly number[]
}

/**
 * Principal components of points (rows of `dimensions` values), by subspace iteration on their covariance. Fewer than
 * wanted where the points span fewer.
 */
export function principalComponents(
  points: Float32Array,
  dimensions: number,
  wanted: number,
  rng: Rng,
): PrincipalComponents {
  const { mean, covariance } = covarianceOf(points, dimensions)
  const total = Array.from({ length: dimensions }, (_, i) => covariance[i * dimensions + i]!).reduce((a, b) => a + b, 0)
  const size = Math.min(dimensions, wanted + SPARE)
  let basis = orthonormal(
    Array.from({ length: size }, () => Float64Array.from({ length: dimensions }, () => rng.normal())),
  )
  let variances: number[] = []
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const images = basis.map((vector) => times(covariance, vector))
    const before = variances
    variances = basis.map((vector, k) => dot(vector, images[k]!))
    basis = orthonormal(images)
    const largest = Math.max(...variances, Number.MIN_VALUE)
    if (variances.every((each, k) => Math.abs(each - (before[k] ?? Infinity)) <= SETTLED * largest)) break
  }
  const found = basis
    .map((vector) => ({ vector: facing(vector), variance: dot(vector, times(covariance, vector)) }))
    .toSorted((a, b) => b.variance - a.variance)
    .slice(0, wanted)
  return {
    mean,
    directions: found.map(({ vector }) => vector),
    explained: found.map(({ variance }) => (total > 0 ? variance / total : 0)),
  }
}

/** The points along the components, rows of as many values as there are. */
export function project(
  points: Float32Array,
  dimensions: number,
  { mean, directions }: PrincipalComponents,
): Float32Array {
  const count = points.length / dimensions
  const projected = new Float32Array(count * directions.length)
  for (let row = 0; row < count; row++) {
    directions.forEach((direction, k) => {
      let sum = 0
      for (let d = 0; d < dimensions; d++) sum += direction[d]! * (points[row * dimensions + d]! - mean[d]!)
      projected[row * directions.length + k] = sum
    })
  }
  return projected
}

function covarianceOf(points: Float32Array, dimensions: number): { mean: Float64Array; covariance: Float64Array } {
  const count = points.length / dimensions
  const mean = new Float64Array(dimensions)
  points.forEach((value, k) => (mean[k % dimensions]! += value / count))
  const covariance = new Float64Array(dimensions * dimensions)
  const centred = new Float64Array(dimensions)
  for (let row = 0; row < count; row++) {
    for (let d = 0; d < dimensions; d++) centred[d] = points[row * dimensions + d]! - mean[d]!
    for (let i = 0; i < dimensions; i++) {
      const each = centred[i]! / count
      if (each === 0) continue
      for (let j = i; j < dimensions; j++) covariance[i * dimensions + j]! += each * centred[j]!
    }
  }
  for (let i = 0; i < dimensions; i++) {
    for (let j = 0; j < i; j++) covariance[i * dimensions + j] = covariance[j * dimensions + i]!
  }
  return { mean, covariance }
}

/** Gram and Schmidt, twice over for accuracy; what is left of nothing is dropped. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const found: Float64Array[] = []
  for (const vector of vectors) {
    const left = vector.slice()
    const before = Math.sqrt(dot(left, left))
    for (let pass = 0; pass < 2; pass++) {
      for (const other of found) {
        const along = dot(left, other)
        left.forEach((value, k) => (left[k] = value - along * other[k]!))
      }
    }
    const length = Math.sqrt(dot(left, left))
    if (length > 1e-10 * before) found.push(left.map((value) => value / length))
  }
  return found
}

function times(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length
  return Float64Array.from({ length: size }, (_, i) => {
    let sum = 0
    for (let j = 0; j < size; j++) sum += matrix[i * size + j]! * vector[j]!
    return sum
  })
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!
  return sum
}

function facing(vector: Float64Array): Float64Array {
  const largest = vector.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most), 0)
  return largest < 0 ? vector.map((value) => -value) : vector
}
