/**
 * Insertion and deletion. Petsiuk, Das and Saenko, "RISE: Randomized Input Sampling for Explanation of Black-box Models",
 * BMVC 2018 (arXiv 1806.07421, section 4.3): pixels are taken away, or given back, in the order of their heat, and the area
 * under the curve of the class's probability says whether the heat lies where the class is decided. A pixel that is away
 * shows the dataset's mean colour, in both directions.
 */
import { imageAt, pixelsPerImage, type ImageSet } from '../data/image-set.js'
import { classProbabilities } from '../explain/class-scores.js'
import type { Explained } from '../explain/explain-images.js'
import type { Classifier } from '../nn/network.js'
import { tf } from '../tf.js'
import type { Watch } from './watch.js'

/** Parts of equal size in which pixels go and come. */
const STEPS = 20

/** How the probability of a class goes while pixels come or go. */
export interface Curve {
  /** At equal steps from none of the pixels moved to all. */
  readonly probabilities: Float32Array
  /** Area under it, 0 to 1. */
  readonly area: number
}

export interface Curves {
  /** The larger its area, the better the heat. */
  readonly insertion: Curve
  /** The smaller its area, the better. */
  readonly deletion: Curve
}

/** Both curves of each image. */
export async function measureCurves(
  classifier: Classifier,
  set: ImageSet,
  { heat, classes }: Pick<Explained, 'heat' | 'classes'>,
  watch: Watch,
): Promise<Curves[]> {
  const pixels = set.shape.height * set.shape.width
  const orders = Array.from({ length: set.count }, (_, k) => hottestFirst(heat.subarray(k * pixels, (k + 1) * pixels)))
  const inserted: Float32Array[] = []
  const deleted: Float32Array[] = []
  for (let step = 0; step <= STEPS; step++) {
    await watch.breathe()
    const moved = Math.round((step * pixels) / STEPS)
    inserted.push(await probabilitiesWithout(classifier, set, classes, orders, (rank) => rank >= moved))
    deleted.push(await probabilitiesWithout(classifier, set, classes, orders, (rank) => rank < moved))
  }
  return orders.map((_, k) => ({
    insertion: curveOf(inserted.map((step) => step[k]!)),
    deletion: curveOf(deleted.map((step) => step[k]!)),
  }))
}

function curveOf(probabilities: readonly number[]): Curve {
  // Trapezoids: the ends count half.
  const ends = (probabilities[0]! + probabilities[STEPS]!) / 2
  const area = (probabilities.reduce((sum, each) => sum + each, 0) - ends) / STEPS
  return { probabilities: Float32Array.from(probabilities), area }
}

/** Pixels from the hottest to the coldest; of equal ones the first comes first. */
function hottestFirst(heat: Float32Array): Uint32Array {
  return Uint32Array.from(heat.keys()).toSorted((a, b) => heat[b]! - heat[a]! || a - b)
}

async function probabilitiesWithout(
  classifier: Classifier,
  set: ImageSet,
  classes: Uint8Array,
  orders: readonly Uint32Array[],
  isAway: (rank: number) => boolean,
): Promise<Float32Array> {
  const { height, width, channels } = set.shape
  const { mean } = classifier.network.pixelNormalization
  const size = pixelsPerImage(set.shape)
  const values = new Float32Array(set.count * size)
  orders.forEach((order, k) => {
    const image = imageAt(set, k)
    order.forEach((pixel, rank) => {
      for (let c = 0; c < channels; c++) {
        const at = pixel * channels + c
        values[k * size + at] = isAway(rank) ? mean[c]! : image[at]! / 255
      }
    })
  })
  const images = tf.tensor4d(values, [set.count, height, width, channels])
  const probabilities = classProbabilities(classifier, images, classes)
  const found = Float32Array.from(await probabilities.data())
  tf.dispose([images, probabilities])
  return found
}
