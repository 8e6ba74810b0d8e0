import { selectImages, type ImageSet } from '../data/image-set.js'
import type { RandomStreams } from '../random/streams.js'

/** Positions in the test split. */
export interface DealtTest {
  readonly defender: Uint32Array
  /** What no defense sees. */
  readonly evaluation: Uint32Array
}

/** Deals the test split of `count` images: a share (0..1) to the defender, the rest to the evaluation. */
export function dealTest(count: number, defenderShare: number, random: RandomStreams): DealtTest {
  const order = random.stream('defender-split').permutation(count)
  const defenderCount = Math.round(defenderShare * count)
  return { defender: order.subarray(0, defenderCount), evaluation: order.subarray(defenderCount) }
}

/** Deals the defender's images: a share (0..1) for choices, the rest for optimisation. */
export function dealDefender(
  images: ImageSet,
  validationShare: number,
  random: RandomStreams,
): { train: ImageSet; validation: ImageSet } {
  const order = random.stream('validation-split').permutation(images.count)
  const validationCount = Math.round(validationShare * images.count)
  return {
    validation: selectImages(images, order.subarray(0, validationCount)),
    train: selectImages(images, order.subarray(validationCount)),
  }
}
