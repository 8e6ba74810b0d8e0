/** How strongly points belong together, by their nearest neighbours: algorithms 2 and 3 of the UMAP paper. */

const SEARCH_STEPS = 64
const TOLERANCE = 1e-5
/** A point's width is at least this share of the mean distance to its neighbours. */
const LEAST_WIDTH = 1e-3

/** Edges, each in both directions. */
export interface FuzzyGraph {
  readonly heads: Uint32Array
  readonly tails: Uint32Array
  /** Above 0, at most 1. */
  readonly strengths: Float64Array
}

/**
 * The union of what each point takes for its neighbours.
 * @param distances squared, count x count
 * @param neighbours of each point, itself among them
 */
export function fuzzyGraph(distances: Float64Array, count: number, neighbours: number): FuzzyGraph {
  const nearest = Array.from({ length: count }, (_, row) =>
    nearestTo(row, distances.subarray(row * count, (row + 1) * count), neighbours),
  )
  const lengths = nearest.map((row, point) =>
    Float64Array.from(row, (other) => Math.sqrt(distances[point * count + other]!)),
  )
  const meanOfAll = meanOf(lengths.flatMap((row) => [...row]))
  const memberships = new Map<number, number>()
  nearest.forEach((row, point) => {
    const own = lengths[point]!
    const closest = own.find((length) => length > 0) ?? 0
    const width = widthOf(own, closest, meanOfAll)
    row.forEach((other, rank) => {
      if (other === point) return
      const beyond = own[rank]! - closest
      memberships.set(point * count + other, beyond <= 0 || width === 0 ? 1 : Math.exp(-beyond / width))
    })
  })
  return unionOf(memberships, count)
}

/** The point itself, then those at the least distance, of equal ones the first. */
function nearestTo(self: number, distances: Float64Array, wanted: number): Uint32Array {
  const found = new Uint32Array(wanted)
  found[0] = self
  let size = 1
  for (let index = 0; index < distances.length; index++) {
    const distance = distances[index]!
    if (index === self || (size === wanted && distance >= distances[found[wanted - 1]!]!)) continue
    if (size < wanted) size += 1
    let at = size - 1
    while (at > 1 && distances[found[at - 1]!]! > distance) {
      found[at] = found[at - 1]!
      at -= 1
    }
    found[at] = index
  }
  return found
}

/** The width at which memberships sum up to the logarithm of the number of neighbours. */
function widthOf(lengths: Float64Array, closest: number, meanOfAll: number): number {
  const wanted = Math.log2(lengths.length)
  let [low, high, width] = [0, Infinity, 1]
  for (let step = 0; step < SEARCH_STEPS; step++) {
    let sum = 0
    for (let rank = 1; rank < lengths.length; rank++) {
      const beyond = lengths[rank]! - closest
      sum += beyond > 0 ? Math.exp(-beyond / width) : 1
    }
    if (Math.abs(sum - wanted) < TOLERANCE) break
    if (sum > wanted) {
      high = width
      width = (low + high) / 2
    } else {
      low = width
      width = high === Infinity ? width * 2 : (low + high) / 2
    }
  }
  return Math.max(width, LEAST_WIDTH * (closest > 0 ? meanOf(lengths) : meanOfAll))
}

/** Either takes the other for its neighbour: a + b - ab. */
function unionOf(memberships: ReadonlyMap<number, number>, count: number): FuzzyGraph {
  const edges = new Map<number, number>()
  for (const [at, strength] of memberships) {
    const back = (at % count) * count + Math.floor(at / count)
    const other = memberships.get(back) ?? 0
    const both = strength + other - strength * other
    edges.set(at, both)
    edges.set(back, both)
  }
  const sorted = [...edges.keys()].toSorted((a, b) => a - b).filter((at) => edges.get(at)! > 0)
  return {
    heads: Uint32Array.from(sorted, (at) => Math.floor(at / count)),
    tails: Uint32Array.from(sorted, (at) => at % count),
    strengths: Float64Array.from(sorted, (at) => edges.get(at)!),
  }
}

function meanOf(values: Float64Array | readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / Math.max(1, values.length)
}
