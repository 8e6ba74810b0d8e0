import { tf, type Tensor2D, type Tensor4D } from '../tf.js'

export interface PoolOptions {
  readonly size: number
  readonly stride: number
  /** Symmetric, in pixels, on every side; what is outside never wins. */
  readonly padding?: number
}

/** The window of a pooling that halves height and width. */
export const HALVE: PoolOptions = { size: 2, stride: 2 }

/** The largest value of each window; windows that do not fit are left out, as in PyTorch. */
export function maxPool(x: Tensor4D, { size, stride, padding = 0 }: PoolOptions): Tensor4D {
  return tf.maxPool(paddedBy(x, padding, Number.NEGATIVE_INFINITY), size, stride, 'valid')
}

/** Every second pixel of every second row, from the first on. */
export function everySecond(x: Tensor4D): Tensor4D {
  return tf.avgPool(x, 1, 2, 'valid')
}

/** Mean over all pixels, batch x channels: PyTorch's adaptive average pooling to one pixel, flattened. */
export function globalAveragePool(x: Tensor4D): Tensor2D {
  return tf.mean(x, [1, 2])
}

/** Surrounds every image with `pixels` rows and columns of `value`. */
export function paddedBy(x: Tensor4D, pixels: number, value = 0): Tensor4D {
  if (pixels === 0) return x
  const around: [number, number] = [pixels, pixels]
  return tf.pad(x, [[0, 0], around, around, [0, 0]], value)
}
