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
  /** The trigger alone, for people to look at; with opacity as one more channel where it has holes. */
  readonly picture: PixelImage
}
