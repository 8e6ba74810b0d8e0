import type { PlantedBackdoor } from '../define.js'
import type { Rng } from '../random/rng.js'

/** How many images of a batch are poisoned, and how many are covers. */
export interface BatchShares {
  readonly poisoned: number
  readonly covers: number
}

export function shareOfBatch(
  { poisonRate, coverRate }: { poisonRate: number; coverRate: number },
  batchSize: number,
): BatchShares {
  const poisoned = Math.min(batchSize, Math.max(1, Math.round(poisonRate * batchSize)))
  return { poisoned, covers: Math.min(batchSize - poisoned, Math.round(coverRate * batchSize)) }
}

/**
 * The batches of one epoch, poisoned images first, covers next, then the others, in the same numbers in each batch. There are
 * as many as images fill; a kind that has too few images for that is gone through again.
 */
export function batchesOfShares(
  { poisonedTrain, poisonedIndices, coverIndices }: PlantedBackdoor,
  batchSize: number,
  sharesOf: (batchSize: number) => BatchShares,
  shuffle: Rng,
): Uint32Array[] {
  const { count } = poisonedTrain
  const size = Math.min(batchSize, count)
  const { poisoned, covers } = sharesOf(size)
  const changed = new Set([...poisonedIndices, ...coverIndices])
  const others = Uint32Array.from({ length: count }, (_, index) => index).filter((index) => !changed.has(index))
  const takes = [
    taker(poisonedIndices, poisoned, shuffle),
    taker(coverIndices, covers, shuffle),
    taker(others, size - poisoned - covers, shuffle),
  ]
  return Array.from({ length: Math.ceil(count / batchSize) }, () => Uint32Array.from(takes.flatMap((take) => take())))
}

/** Gives so many of the images at a time, in random order, and begins anew when they are used up. */
function taker(images: Uint32Array, size: number, shuffle: Rng): () => number[] {
  const order = shuffle.permutation(images.length)
  let at = 0
  return () => Array.from({ length: images.length === 0 ? 0 : size }, () => images[order[at++ % images.length]!]!)
}
