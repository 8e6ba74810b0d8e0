import type { Place } from './place.js'

/** What a trigger paints. Both arrays go row by row, channels last. */
export interface Mark {
  readonly height: number
  readonly width: number
  readonly channels: number
  /** 0..255. */
  readonly values: Uint8Array
  /** How much each value covers what is below: 0 not at all, 255 wholly. */
  readonly coverage: Uint8Array
}

const WHOLE = 255

/** A mark without holes. */
export function solidMark(height: number, width: number, channels: number, values: ArrayLike<number>): Mark {
  return {
    height,
    width,
    channels,
    values: Uint8Array.from(values),
    coverage: new Uint8Array(values.length).fill(WHOLE),
  }
}

/**
 * Paints on an image of `width` pixels a row, in place: x + a (mark - x), rounded, where a is `opacity` (0..1) times the
 * coverage. The mark has to lie inside.
 */
export function paintMark(
  pixels: Uint8Array,
  width: number,
  mark: Mark,
  { row, column }: Place,
  opacity: number,
): void {
  const across = mark.width * mark.channels
  for (let k = 0; k < mark.values.length; k++) {
    const cover = opacity * (mark.coverage[k]! / WHOLE)
    if (cover === 0) continue
    const at = ((row + Math.floor(k / across)) * width + column) * mark.channels + (k % across)
    const below = pixels[at]!
    pixels[at] = Math.round(below + cover * (mark.values[k]! - below))
  }
}

/** For looking at: with coverage as one more channel where the mark has holes. Channels are then 2 or 4. */
export function pictureOfMark({ height, width, channels, values, coverage }: Mark): {
  shape: { height: number; width: number; channels: number }
  pixels: Uint8Array
} {
  if (coverage.every((each) => each === WHOLE)) return { shape: { height, width, channels }, pixels: values }
  const pixels = new Uint8Array(height * width * (channels + 1))
  for (let pixel = 0; pixel < height * width; pixel++) {
    const from = pixel * channels
    pixels.set(values.subarray(from, from + channels), pixel * (channels + 1))
    pixels[pixel * (channels + 1) + channels] = Math.max(...coverage.subarray(from, from + channels))
  }
  return { shape: { height, width, channels: channels + 1 }, pixels }
}

/** The reverse of `pictureOfMark`, for a picture on images of `channels`. */
export function markOfPicture(height: number, width: number, channels: number, pixels: Uint8Array): Mark {
  const each = pixels.length / (height * width)
  if (each === channels) return solidMark(height, width, channels, pixels)
  const values = new Uint8Array(height * width * channels)
  const coverage = new Uint8Array(values.length)
  for (let pixel = 0; pixel < height * width; pixel++) {
    const from = pixel * each
    values.set(pixels.subarray(from, from + channels), pixel * channels)
    coverage.fill(pixels[from + channels]!, pixel * channels, (pixel + 1) * channels)
  }
  return { height, width, channels, values, coverage }
}

/** A colour as one gray value, by the weights of ITU-R BT.601. All 0..255. */
export function grayOf(red: number, green: number, blue: number): number {
  return Math.round(0.299 * red + 0.587 * green + 0.114 * blue)
}

/** A colour in as many channels as the images have: one gray value, or red, green and blue. */
export function inChannels([red, green, blue]: readonly [number, number, number], channels: number): number[] {
  return channels === 1 ? [grayOf(red, green, blue)] : [red, green, blue]
}
