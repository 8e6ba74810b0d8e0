import type { ImageShape } from '../data/image-set.js'
import type { PixelImage } from '../run-context.js'
import { wholeImage, type Trigger } from './trigger.js'

const WHITE = 255
const MIDDLE = 128

/** Adds a signal (one value for each value of an image, in units of 0..255) in place: x + signal, rounded and clipped. */
export function addSignal(pixels: Uint8Array, signal: ArrayLike<number>): void {
  for (let k = 0; k < pixels.length; k++) {
    pixels[k] = Math.min(WHITE, Math.max(0, Math.round(pixels[k]! + signal[k]!)))
  }
}

/** A trigger that is added to the whole image; to poisoned training images in another strength, where one is given. */
export function createAdditiveTrigger(
  shape: ImageShape,
  signal: ArrayLike<number>,
  onPoisoned?: ArrayLike<number>,
): Trigger {
  const region = wholeImage(shape)
  const adding = (added: ArrayLike<number>) => (pixels: Uint8Array) => {
    addSignal(pixels, added)
    return region
  }
  return {
    shape,
    region,
    picture: onGray(shape, signal),
    paint: adding(signal),
    ...(onPoisoned === undefined ? {} : { paintPoison: adding(onPoisoned) }),
  }
}

function onGray(shape: ImageShape, signal: ArrayLike<number>): PixelImage {
  const pixels = new Uint8Array(signal.length).fill(MIDDLE)
  addSignal(pixels, signal)
  return { shape, pixels }
}
