import type { StoredValues } from '../checkpoints.js'
import type { ImageShape } from '../data/image-set.js'
import type { Rng } from '../random/rng.js'
import type { PixelImage } from '../run-context.js'

/** Rows and columns of an image that a trigger changed. */
export interface PaintedRegion {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

/** What is painted on an image. Who gets it, and with which label, is the attack's business. */
export interface Trigger {
  readonly shape: ImageShape
  /** Paints on `pixels` in place (one image, 0..255). Draws from `rng` only where the place or look is random. */
  paint(pixels: Uint8Array, rng: Rng): PaintedRegion
  /** The same on many images, where that is quicker than one after the other. */
  paintAll?(images: readonly Uint8Array[], rng: Rng): PaintedRegion[]
  /** On a poisoned training image, at this position of the training set, where that is painted otherwise. */
  paintPoison?(pixels: Uint8Array, rng: Rng, index: number): PaintedRegion
  /**
   * On cover samples, training images that keep their label so that only the true trigger is learnt. For each there is
   * another training image.
   */
  paintCovers?(covers: readonly Uint8Array[], rng: Rng, others: readonly Uint8Array[]): void
  /** Where it paints, if that is the same on every image. */
  readonly region?: PaintedRegion
  /** The trigger alone, for people to look at; with opacity as one more channel where it has holes. */
  readonly picture: PixelImage
  /** What painting it again needs besides the parameters and is not in the picture. */
  readonly tensors?: Readonly<Record<string, StoredValues>>
}

/** For a trigger that changes pixels everywhere. */
export function wholeImage({ height, width }: ImageShape): PaintedRegion {
  return { top: 0, left: 0, height, width }
}

/** Paints on each image in place, as on test images. */
export function paintImages(trigger: Trigger, images: readonly Uint8Array[], rng: Rng): PaintedRegion[] {
  return trigger.paintAll?.(images, rng) ?? images.map((pixels) => trigger.paint(pixels, rng))
}
