import type { ExplainSubject } from '../define.js'
import type { FeatureSpec } from '../nn/network.js'
import { tf, type Tensor2D, type Tensor3D, type Tensor4D } from '../tf.js'

/** The layer of a method that looks at one; whoever chose the subject has made sure of it. */
export function layerOf({ layer }: ExplainSubject): FeatureSpec {
  if (layer === null) throw new Error('A method that looks at a layer was given none')
  return layer
}

/**
 * Maps (batch x height x width) at the size of the images, bilinear between the centres of their pixels, as PyTorch's
 * `interpolate` without aligned corners. Call inside `tf.tidy`.
 */
export function enlarged(maps: Tensor3D, { shape }: Tensor4D): Tensor3D {
  const [, height, width] = shape
  const resized = tf.image.resizeBilinear(tf.expandDims(maps, 3) as Tensor4D, [height, width], false, true)
  return tf.squeeze(resized, [3])
}

/** Channel weights (batch x channels) times the channels of maps, summed, and what is above 0 of it. */
export function weightedMap(activation: Tensor4D, weights: Tensor2D): Tensor3D {
  const [batch, channels] = weights.shape
  return tf.relu(tf.sum(tf.mul(activation, tf.reshape(weights, [batch, 1, 1, channels])), 3)) as Tensor3D
}

/** The largest size among the channels of each pixel, batch x height x width. */
export function largestChannel(values: Tensor4D): Tensor3D {
  return tf.max(tf.abs(values), 3)
}
