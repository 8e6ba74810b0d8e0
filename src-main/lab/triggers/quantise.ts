/**
 * Fewer shades in each channel, with the error handed on to neighbours: Floyd and Steinberg, "An Adaptive Algorithm for
 * Spatial Greyscale", 1976; as a trigger in Wang, Zhai and Ma, "BppAttack", CVPR 2022 (arXiv 2205.13383).
 */
import type { ImageShape } from '../data/image-set.js'

const WHITE = 255

/** What a pixel hands on: rows down, columns to the right, and how much of its error. */
const SPREAD = [
  [0, 1, 7 / 16],
  [1, -1, 3 / 16],
  [1, 0, 5 / 16],
  [1, 1, 1 / 16],
] as const

/** Leaves `levels` shades, evenly spaced from 0 to 255, in place; values are rounded and clipped in the end. */
export function quantise(pixels: Uint8Array, shape: ImageShape, levels: number, isDithered: boolean): void {
  const { height, width, channels } = shape
  const values = Float64Array.from(pixels)
  for (let k = 0; k < values.length; k++) {
    const before = values[k]!
    const after = (Math.round((before / WHITE) * (levels - 1)) / (levels - 1)) * WHITE
    values[k] = after
    if (!isDithered) continue
    const pixel = Math.floor(k / channels)
    const [row, column] = [Math.floor(pixel / width), pixel % width]
    for (const [down, right, share] of SPREAD) {
      const [y, x] = [row + down, column + right]
      if (y < height && x >= 0 && x < width)
        values[(y * width + x) * channels + (k % channels)]! += (before - after) * share
    }
  }
  values.forEach((value, k) => (pixels[k] = Math.min(WHITE, Math.max(0, Math.round(value)))))
}
