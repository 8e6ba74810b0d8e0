/**
 * UMAP. McInnes, Healy and Melville, "UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction", 2018
 * (arXiv 1802.03426, algorithms 1 to 5), with exact neighbours and a start along the principal components.
 */
import type { Rng } from '../../random/rng.js'
import type { Watch } from '../watch.js'
import { fuzzyGraph, type FuzzyGraph } from './fuzzy-graph.js'
import { squaredDistances } from './squared-distances.js'

/** Random points that each point is pushed from for every neighbour that it is pulled to. */
const NEGATIVE_SAMPLES = 5
/** Largest part of a move along one axis. */
const MOST_MOVED = 4
/** Half the side of the square that the start fills, and how much it is shaken. */
const START_SIDE = 10
const START_NOISE = 1e-4

export interface UmapParams {
  /** Of each point, itself among them; fewer than there are points. */
  readonly neighbours: number
  /** How close points may lie together in the plane, 0 to 0.99. */
  readonly minDistance: number
  readonly iterations: number
}

/**
 * Places of points in the plane, two values each.
 * @param points rows of `dimensions` values along principal components, the first with most variance
 */
export async function umap(
  points: Float32Array,
  dimensions: number,
  { neighbours, minDistance, iterations }: UmapParams,
  rng: Rng,
  watch: Watch,
): Promise<Float32Array> {
  const count = points.length / dimensions
  await watch.breathe()
  const graph = withoutWeak(fuzzyGraph(squaredDistances(points, dimensions), count, neighbours), iterations)
  const curve = fitCurve(minDistance)
  const places = startPlaces(points, dimensions, rng)
  // Strong edges are pulled in every iteration, weak ones in as many as they are weak.
  const strongest = graph.strengths.reduce((most, each) => Math.max(most, each), 0)
  const pulls = new Float64Array(graph.strengths.length)
  for (let iteration = 0; iteration < iterations; iteration++) {
    watch.progress(iteration, iterations)
    await watch.breathe()
    const rate = 1 - iteration / iterations
    for (let edge = 0; edge < pulls.length; edge++) {
      pulls[edge]! += graph.strengths[edge]! / strongest
      if (pulls[edge]! < 1) continue
      pulls[edge]! -= 1
      const [head, tail] = [graph.heads[edge]!, graph.tails[edge]!]
      attract(places, head, tail, curve, rate)
      for (let k = 0; k < NEGATIVE_SAMPLES; k++) repel(places, head, rng.below(count), curve, rate)
    }
  }
  watch.progress(iterations, iterations)
  return Float32Array.from(places)
}

/** Closeness in the plane by distance d: 1 / (1 + a d^2b). */
export interface Curve {
  readonly a: number
  readonly b: number
}

/** The curve nearest (least squares) to one that is 1 up to `minDistance` and falls off from there with scale 1. */
export function fitCurve(minDistance: number): Curve {
  const at = Array.from({ length: 300 }, (_, k) => (3 * k) / 299)
  const wanted = at.map((x) => (x < minDistance ? 1 : Math.exp(minDistance - x)))
  let [a, b] = [1, 1]
  let damping = 1e-3
  const errorOf = (one: number, other: number): number =>
    at.reduce((sum, x, k) => sum + (wanted[k]! - closeness(x, { a: one, b: other })) ** 2, 0)
  // Levenberg and Marquardt, of two unknowns.
  for (let round = 0; round < 200; round++) {
    let [aa, ab, bb, ea, eb] = [0, 0, 0, 0, 0]
    at.forEach((x, k) => {
      if (x === 0) return
      const power = x ** (2 * b)
      const value = closeness(x, { a, b })
      const byA = -power * value * value
      const byB = -2 * a * Math.log(x) * power * value * value
      const error = wanted[k]! - value
      aa += byA * byA
      ab += byA * byB
      bb += byB * byB
      ea += byA * error
      eb += byB * error
    })
    const [da, db] = [aa * (1 + damping), bb * (1 + damping)]
    const determinant = da * db - ab * ab
    const [nextA, nextB] = [a + (db * ea - ab * eb) / determinant, b + (da * eb - ab * ea) / determinant]
    if (nextA > 0 && nextB > 0 && errorOf(nextA, nextB) < errorOf(a, b)) {
      ;[a, b] = [nextA, nextB]
      damping /= 10
    } else {
      damping *= 10
      if (damping > 1e12) break
    }
  }
  return { a, b }
}

function closeness(distance: number, { a, b }: Curve): number {
  return 1 / (1 + a * distance ** (2 * b))
}

/** Edges that would not be pulled once are left out. */
function withoutWeak({ heads, tails, strengths }: FuzzyGraph, iterations: number): FuzzyGraph {
  const least = strengths.reduce((most, each) => Math.max(most, each), 0) / iterations
  const kept = (_: number, edge: number): boolean => strengths[edge]! >= least
  return { heads: heads.filter(kept), tails: tails.filter(kept), strengths: strengths.filter(kept) }
}

function attract(places: Float64Array, head: number, tail: number, { a, b }: Curve, rate: number): void {
  const squared = squaredBetween(places, head, tail)
  if (squared === 0) return
  const factor = (-2 * a * b * squared ** (b - 1)) / (1 + a * squared ** b)
  for (let axis = 0; axis < 2; axis++) {
    const move = rate * bounded(factor * (places[2 * head + axis]! - places[2 * tail + axis]!))
    places[2 * head + axis]! += move
    places[2 * tail + axis]! -= move
  }
}

function repel(places: Float64Array, point: number, other: number, { a, b }: Curve, rate: number): void {
  if (point === other) return
  const squared = squaredBetween(places, point, other)
  if (squared === 0) return
  const factor = (2 * b) / ((0.001 + squared) * (1 + a * squared ** b))
  for (let axis = 0; axis < 2; axis++) {
    places[2 * point + axis]! += rate * bounded(factor * (places[2 * point + axis]! - places[2 * other + axis]!))
  }
}

function squaredBetween(places: Float64Array, one: number, other: number): number {
  const dx = places[2 * one]! - places[2 * other]!
  const dy = places[2 * one + 1]! - places[2 * other + 1]!
  return dx * dx + dy * dy
}

function bounded(move: number): number {
  return Math.max(-MOST_MOVED, Math.min(MOST_MOVED, move))
}

function startPlaces(points: Float32Array, dimensions: number, rng: Rng): Float64Array {
  const count = points.length / dimensions
  const first = Float64Array.from({ length: 2 * count }, (_, k) =>
    k % 2 < dimensions ? points[Math.floor(k / 2) * dimensions + (k % 2)]! : 0,
  )
  const largest = first.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return first.map((value) => (largest > 0 ? (START_SIDE * value) / largest : 0) + START_NOISE * rng.normal())
}
