import { evenlySpread, allIndices } from '../inspect/spread.js'
import type { Rng } from '../random/rng.js'

const RESTARTS = 10
const MOST_ROUNDS = 100
/** Points that the silhouette is measured on at most: its time grows with the square. */
const MOST_COMPARED = 2000

export interface TwoClusters {
  /** 0 or 1 of each point; 1 is the smaller cluster. */
  readonly sides: Uint8Array
  /** Centres of both. */
  readonly centres: readonly [Float64Array, Float64Array]
  /** Share (0..0.5) of the points in the smaller one. */
  readonly smallerShare: number
}

/**
 * Two clusters of points (rows of `dimensions` values) by Lloyd's algorithm from starts far apart (k-means++; Arthur and
 * Vassilvitskii, SODA 2007), the best of several.
 */
export function twoMeans(points: Float32Array, dimensions: number, rng: Rng): TwoClusters {
  const count = points.length / dimensions
  let best: { sides: Uint8Array; centres: [Float64Array, Float64Array]; spread: number } | null = null
  for (let start = 0; start < RESTARTS; start++) {
    const found = settle(points, dimensions, startingCentres(points, dimensions, rng))
    if (best === null || found.spread < best.spread) best = found
  }
  const { sides, centres } = best!
  const ones = sides.reduce((sum, side) => sum + side, 0)
  if (2 * ones <= count) return { sides, centres, smallerShare: ones / count }
  return { sides: sides.map((side) => 1 - side), centres: [centres[1], centres[0]], smallerShare: 1 - ones / count }
}

function startingCentres(points: Float32Array, dimensions: number, rng: Rng): [Float64Array, Float64Array] {
  const count = points.length / dimensions
  const first = rowOf(points, dimensions, rng.below(count))
  const distances = Array.from({ length: count }, (_, row) => squaredDistance(points, dimensions, row, first))
  let left = rng.uniform() * distances.reduce((sum, each) => sum + each, 0)
  const chosen = distances.findIndex((each) => (left -= each) < 0)
  return [first, rowOf(points, dimensions, chosen === -1 ? count - 1 : chosen)]
}

function settle(
  points: Float32Array,
  dimensions: number,
  starts: [Float64Array, Float64Array],
): { sides: Uint8Array; centres: [Float64Array, Float64Array]; spread: number } {
  const count = points.length / dimensions
  const sides = new Uint8Array(count)
  let centres = starts
  for (let round = 0; ; round++) {
    let spread = 0
    let moved = 0
    for (let row = 0; row < count; row++) {
      const [toFirst, toSecond] = centres.map((centre) => squaredDistance(points, dimensions, row, centre))
      const side = toSecond! < toFirst! ? 1 : 0
      if (side !== sides[row]) moved += 1
      sides[row] = side
      spread += Math.min(toFirst!, toSecond!)
    }
    if ((round > 0 && moved === 0) || round === MOST_ROUNDS) return { sides, centres, spread }
    centres = [meanOf(points, dimensions, sides, 0, centres[0]), meanOf(points, dimensions, sides, 1, centres[1])]
  }
}

/** Mean of the points on a side; where there are none, the centre stays. */
function meanOf(
  points: Float32Array,
  dimensions: number,
  sides: Uint8Array,
  side: number,
  before: Float64Array,
): Float64Array {
  const sum = new Float64Array(dimensions)
  let members = 0
  sides.forEach((each, row) => {
    if (each !== side) return
    members += 1
    for (let d = 0; d < dimensions; d++) sum[d]! += points[row * dimensions + d]!
  })
  return members === 0 ? before : sum.map((each) => each / members)
}

/**
 * Mean silhouette (Rousseeuw, 1987), -1 to 1: how much nearer points lie to their own cluster than to the other one, by
 * mean distances. 0 where there is only one. Of many points, an evenly spread choice.
 */
export function meanSilhouette(points: Float32Array, dimensions: number, sides: Uint8Array): number {
  const rows = evenlySpread(allIndices(sides.length), MOST_COMPARED)
  const members = [0, 0]
  for (const row of rows) members[sides[row]!]! += 1
  if (members[0] === 0 || members[1] === 0) return 0
  let sum = 0
  for (const row of rows) {
    const point = rowOf(points, dimensions, row)
    const distances = [0, 0]
    for (const other of rows) distances[sides[other]!]! += Math.sqrt(squaredDistance(points, dimensions, other, point))
    const own = sides[row]!
    // A point alone in its cluster counts 0.
    if (members[own] === 1) continue
    const within = distances[own]! / (members[own]! - 1)
    const across = distances[1 - own]! / members[1 - own]!
    const larger = Math.max(within, across)
    if (larger > 0) sum += (across - within) / larger
  }
  return sum / rows.length
}

function rowOf(points: Float32Array, dimensions: number, row: number): Float64Array {
  return Float64Array.from(points.subarray(row * dimensions, (row + 1) * dimensions))
}

export function squaredDistance(points: Float32Array, dimensions: number, row: number, to: Float64Array): number {
  let sum = 0
  for (let d = 0; d < dimensions; d++) sum += (points[row * dimensions + d]! - to[d]!) ** 2
  return sum
}
