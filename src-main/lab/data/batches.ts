import type { Rng } from '../random/rng.js'
import { tf, type Tensor1D, type Tensor4D } from '../tf.js'
import { pixelsPerImage, type ImageSet } from './image-set.js'

/** Images as the network takes them: batch x height x width x channels, 0..1. */
export function imageTensor(set: Pick<ImageSet, 'shape' | 'pixels'>, indices: ArrayLike<number>): Tensor4D {
  const size = pixelsPerImage(set.shape)
  const values = new Float32Array(indices.length * size)
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i]! * size
    for (let k = 0; k < size; k++) values[i * size + k] = set.pixels[from + k]! / 255
  }
  return tf.tensor4d(values, [indices.length, set.shape.height, set.shape.width, set.shape.channels])
}

/** All images of a set, in its order. */
export function allImages(set: ImageSet): Tensor4D {
  return imageTensor(
    set,
    Uint32Array.from({ length: set.count }, (_, index) => index),
  )
}

/** Class numbers as int32, one per image. */
export function labelTensor(set: ImageSet, indices: ArrayLike<number>): Tensor1D {
  return tf.tensor1d(
    Int32Array.from({ length: indices.length }, (_, i) => set.labels[indices[i]!]!),
    'int32',
  )
}

/** One pass over a set in random order. The last batch may be smaller; a set smaller than a batch is one batch. */
export function shuffledBatches(count: number, batchSize: number, rng: Rng): Uint32Array[] {
  return inBatches(rng.permutation(count), batchSize)
}

/** One pass over a set in its own order. */
export function orderedBatches(count: number, batchSize: number): Uint32Array[] {
  return inBatches(
    Uint32Array.from({ length: count }, (_, index) => index),
    batchSize,
  )
}

function inBatches(indices: Uint32Array, batchSize: number): Uint32Array[] {
  const batches: Uint32Array[] = []
  for (let from = 0; from < indices.length; from += batchSize) batches.push(indices.subarray(from, from + batchSize))
  return batches
}
