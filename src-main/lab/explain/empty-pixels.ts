import { z } from 'zod'
import type { Network } from '../nn/network.js'
import { tf, type Tensor4D } from '../tf.js'

/** What a pixel shows that shows nothing: black, or the mean colour of the dataset. */
export const EmptyPixels = z.enum(['black', 'mean'])
export type EmptyPixels = z.output<typeof EmptyPixels>

/** One pixel of it, 1 x 1 x 1 x channels, which spreads over any image. Owned by the caller. */
export function emptyImage(kind: EmptyPixels, { inputShape, pixelNormalization }: Network): Tensor4D {
  const { channels } = inputShape
  const pixel = kind === 'black' ? new Float32Array(channels) : Float32Array.from(pixelNormalization.mean)
  return tf.tensor4d(pixel, [1, 1, 1, channels])
}
