import type { PixelBlock } from '../../../../src-shared/model/trigger-preview.js'
import { fromBase64 } from '../../../../src-shared/util/base64.js'

/** One image as bytes 0..255, row by row, channels last. With 2 or 4 channels the last one is opacity. */
export interface Pixels {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly values: Uint8Array
}

/** The images of a block, one by one. */
export function imagesOf({ count, height, width, channels, base64 }: PixelBlock): Pixels[] {
  const bytes = fromBase64(base64)
  const size = height * width * channels
  return Array.from({ length: count }, (_, k) => ({
    height,
    width,
    channels,
    values: bytes.subarray(k * size, (k + 1) * size),
  }))
}

/** As a canvas takes it. */
export function rgbaOf({ channels, values }: Pixels): Uint8ClampedArray<ArrayBuffer> {
  const hasColour = channels >= 3
  const hasOpacity = channels === 2 || channels === 4
  const rgba = new Uint8ClampedArray((values.length / channels) * 4)
  for (let pixel = 0; pixel * channels < values.length; pixel++) {
    const from = pixel * channels
    for (let k = 0; k < 3; k++) rgba[pixel * 4 + k] = values[from + (hasColour ? k : 0)] ?? 0
    rgba[pixel * 4 + 3] = hasOpacity ? (values[from + channels - 1] ?? 0) : 255
  }
  return rgba
}

/** Screen pixels for one image pixel, a whole number, so that the image fits into `room`. */
export function zoomFor(sidePixels: number, room: number, largest: number): number {
  return Math.min(largest, Math.max(1, Math.floor(room / Math.max(1, sidePixels))))
}
