/**
 * t-SNE. van der Maaten and Hinton, "Visualizing Data using t-SNE", JMLR 9 (2008), 2579-2605, with exact gradients; the
 * start along the principal components follows Kobak and Berens, "The art of using t-SNE for single-cell transcriptomics",
 * Nature Communications 10 (2019), and the learning rate Belkina et al., "Automated optimized parameters for t-SNE",
 * Nature Communications 10 (2019). Nothing in it is random.
 */
import type { Watch } from '../watch.js'
import { squaredDistances } from './squared-distances.js'

/** Factor of the attraction in the first iterations, which brings together what belongs together. */
const EXAGGERATION = 12
const EXAGGERATED_ITERATIONS = 250
const EARLY_MOMENTUM = 0.5
const MOMENTUM = 0.8
const LEAST_LEARNING_RATE = 50
const LEAST_GAIN = 0.01
/** Standard deviation of the start along the first component. */
const START_SPREAD = 1e-4
const SEARCH_STEPS = 100
const ENTROPY_TOLERANCE = 1e-5

export interface TsneParams {
  /** About how many neighbours each point has; below a third of the points. */
  readonly perplexity: number
  readonly iterations: number
}

/**
 * Places of points in the plane, two values each.
 * @param points rows of `dimensions` values along principal components, the first with most variance
 */
export async function tsne(
  points: Float32Array,
  dimensions: number,
  { perplexity, iterations }: TsneParams,
  watch: Watch,
): Promise<Float32Array> {
  const count = points.length / dimensions
  const affinities = await jointAffinities(squaredDistances(points, dimensions), count, perplexity, watch)
  const places = startPlaces(points, dimensions)
  const moves = new Float64Array(2 * count)
  const gains = new Float64Array(2 * count).fill(1)
  const learningRate = Math.max(count / EXAGGERATION / 4, LEAST_LEARNING_RATE)
  for (let iteration = 0; iteration < iterations; iteration++) {
    watch.progress(iteration, iterations)
    await watch.breathe()
    const isEarly = iteration < EXAGGERATED_ITERATIONS
    const gradient = tsneGradient(affinities, places, isEarly ? EXAGGERATION : 1)
    const momentum = isEarly ? EARLY_MOMENTUM : MOMENTUM
    for (let k = 0; k < places.length; k++) {
      const isTurning = moves[k]! * gradient[k]! >= 0
      gains[k] = Math.max(LEAST_GAIN, isTurning ? gains[k]! * 0.8 : gains[k]! + 0.2)
      moves[k] = momentum * moves[k]! - learningRate * gains[k]! * gradient[k]!
      places[k]! += moves[k]!
    }
  }
  watch.progress(iterations, iterations)
  return Float32Array.from(places)
}

/**
 * How much each pair belongs together, count x count, all together 1: the mean of both conditional probabilities, whose
 * widths give each point the wanted perplexity.
 */
export async function jointAffinities(
  distances: Float64Array,
  count: number,
  perplexity: number,
  watch: Pick<Watch, 'breathe'>,
): Promise<Float32Array> {
  const conditional = new Float64Array(count * count)
  for (let row = 0; row < count; row++) {
    if (row % 64 === 0) await watch.breathe()
    const from = row * count
    conditional.set(neighbourShares(distances.subarray(from, from + count), row, Math.log(perplexity)), from)
  }
  const joint = new Float32Array(count * count)
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      const both = (conditional[i * count + j]! + conditional[j * count + i]!) / (2 * count)
      joint[i * count + j] = both
      joint[j * count + i] = both
    }
  }
  return joint
}

/** Shares of a point's neighbours under a normal distribution as wide as the entropy asks for. */
function neighbourShares(distances: Float64Array, self: number, entropy: number): Float64Array {
  const shares = new Float64Array(distances.length)
  let precision = 1
  let [low, high] = [0, Infinity]
  for (let step = 0; step < SEARCH_STEPS; step++) {
    let sum = 0
    let weighted = 0
    for (let j = 0; j < distances.length; j++) {
      const share = j === self ? 0 : Math.exp(-distances[j]! * precision)
      shares[j] = share
      sum += share
      weighted += share * distances[j]!
    }
    sum = Math.max(sum, Number.MIN_VALUE)
    for (let j = 0; j < shares.length; j++) shares[j]! /= sum
    const excess = Math.log(sum) + (precision * weighted) / sum - entropy
    if (Math.abs(excess) <= ENTROPY_TOLERANCE) break
    if (excess > 0) {
      low = precision
      precision = high === Infinity ? precision * 2 : (precision + high) / 2
    } else {
      high = precision
      precision = (precision + low) / 2
    }
  }
  return shares
}

/** Gradient of the Kullback-Leibler divergence between affinities and places, each two values; section 3, equation 5. */
export function tsneGradient(affinities: Float32Array, places: Float64Array, exaggeration: number): Float64Array {
  const count = places.length / 2
  const attraction = new Float64Array(2 * count)
  const repulsion = new Float64Array(2 * count)
  let sum = 0
  for (let i = 0; i < count; i++) {
    const [x, y] = [places[2 * i]!, places[2 * i + 1]!]
    let [ax, ay, rx, ry] = [0, 0, 0, 0]
    for (let j = 0; j < i; j++) {
      const dx = x - places[2 * j]!
      const dy = y - places[2 * j + 1]!
      const near = 1 / (1 + dx * dx + dy * dy)
      const pull = affinities[i * count + j]! * near
      const push = near * near
      sum += 2 * near
      ax += pull * dx
      ay += pull * dy
      rx += push * dx
      ry += push * dy
      attraction[2 * j]! -= pull * dx
      attraction[2 * j + 1]! -= pull * dy
      repulsion[2 * j]! -= push * dx
      repulsion[2 * j + 1]! -= push * dy
    }
    attraction[2 * i]! += ax
    attraction[2 * i + 1]! += ay
    repulsion[2 * i]! += rx
    repulsion[2 * i + 1]! += ry
  }
  return attraction.map((pull, k) => 4 * (exaggeration * pull - repulsion[k]! / sum))
}

function startPlaces(points: Float32Array, dimensions: number): Float64Array {
  const count = points.length / dimensions
  const first = Float64Array.from({ length: count }, (_, row) => points[row * dimensions]!)
  const mean = first.reduce((total, value) => total + value, 0) / count
  const deviation = Math.sqrt(first.reduce((total, value) => total + (value - mean) ** 2, 0) / count)
  const scale = deviation > 0 ? START_SPREAD / deviation : 0
  return Float64Array.from({ length: 2 * count }, (_, k) => {
    const component = k % 2
    return component < dimensions ? scale * points[Math.floor(k / 2) * dimensions + component]! : 0
  })
}
