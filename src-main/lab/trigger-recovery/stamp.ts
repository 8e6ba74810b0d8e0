import { tf, type Tensor, type Tensor1D, type Tensor4D } from '../tf.js'

/**
 * Puts one patch on each image, at a place of its own, in a way that gradients reach the patch. Placement is separable:
 * with R (patch rows x image rows) and S (patch columns x image columns) as 0/1 matrices, the placed patch is
 * transposed(R) . patch . S, so two batched matrix products do it on any backend.
 * @param images batch x height x width x channels, 0..1
 * @param patches batch x patch height x patch width x channels, 0..1
 * @param rows int32, top row of each patch
 * @param columns int32, left column of each patch
 */
export function stampPatches(images: Tensor4D, patches: Tensor4D, rows: Tensor1D, columns: Tensor1D): Tensor4D {
  const [batch, height, width, channels] = images.shape
  const [, patchHeight, patchWidth] = patches.shape
  const rowPlaces = places(rows, patchHeight, height)
  const columnPlaces = places(columns, patchWidth, width)
  const covered = tf.matMul(tf.sum(rowPlaces, 1, true), tf.sum(columnPlaces, 1, true), true, false)
  const kept = tf.mul(images, tf.sub(1, tf.reshape(covered, [batch, height, width, 1])))

  // One matrix per image and channel: batch * channels x patch height x patch width.
  const planes = tf.reshape(tf.transpose(patches, [0, 3, 1, 2]), [batch * channels, patchHeight, patchWidth])
  const placed = tf.matMul(
    tf.matMul(perChannel(rowPlaces, channels), planes, true, false),
    perChannel(columnPlaces, channels),
  )
  const inImage = tf.transpose(tf.reshape(placed, [batch, channels, height, width]), [0, 2, 3, 1])
  return tf.add(kept, inImage)
}

/** batch x length x size, 1 where line i of the patch lies on line start + i of the image. */
function places(starts: Tensor1D, length: number, size: number): Tensor {
  const lines = tf.add(tf.expandDims(starts, 1), tf.range(0, length, 1, 'int32'))
  return tf.oneHot(tf.cast(lines, 'int32'), size).toFloat()
}

/** Repeats each image's matrix for each of its channels. */
function perChannel(matrices: Tensor, channels: number): Tensor {
  if (channels === 1) return matrices
  const [batch, rows, columns] = matrices.shape as [number, number, number]
  return tf.reshape(tf.tile(tf.expandDims(matrices, 1), [1, channels, 1, 1]), [batch * channels, rows, columns])
}
