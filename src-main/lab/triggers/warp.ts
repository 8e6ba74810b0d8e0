/**
 * Smooth warps of a whole image. Nguyen and Tran, "WaNet: Imperceptible Warping-based Backdoor Attack", ICLR 2021 (arXiv
 * 2102.10369), section 3.2. Coordinates go from -1 to 1, from the middle of the first pixel to that of the last.
 */
import type { ImageShape } from '../data/image-set.js'
import type { Rng } from '../random/rng.js'

/** Where each pixel of the result is taken from: height x width x (x to the right, y down), -1..1. */
export type WarpGrid = Float64Array

/** What a warp looks like before its strength is known: control x control x (x, y), of mean size 1. */
export interface WarpField {
  readonly control: number
  /** Row by row, x and y beside each other. */
  readonly values: Float64Array
}

/** Uniform in -1..1, divided by the mean size. */
export function drawWarpField(control: number, rng: Rng): WarpField {
  return normalizedField(
    control,
    Float64Array.from({ length: 2 * control * control }, () => rng.between(-1, 1)),
  )
}

export function normalizedField(control: number, uniform: ArrayLike<number>): WarpField {
  const values = Float64Array.from(uniform)
  const mean = values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length
  return { control, values: values.map((value) => value / mean) }
}

export interface WarpOptions {
  /** How far pixels move on average, in half pixels. */
  readonly strength: number
  /** Factor of all coordinates, just below 1 where none may leave the image. */
  readonly rescale: number
}

/** The grid of a field: clamp((identity + strength field / size) rescale), the field enlarged bicubically. */
export function warpGrid(
  field: WarpField,
  { height, width }: ImageShape,
  { strength, rescale }: WarpOptions,
): WarpGrid {
  const enlarged = enlarge(field, height, width)
  return Float64Array.from(enlarged, (value, k) => {
    const [size, identity] = axisAt(k, height, width)
    return clamped((identity + (strength * value) / size) * rescale)
  })
}

/** The same grid with every coordinate moved by noise (-1..1) over the size of the image: the noise mode. */
export function noisyGrid(grid: WarpGrid, { height, width }: ImageShape, noise: ArrayLike<number>): WarpGrid {
  return grid.map((value, k) => clamped(value + noise[k]! / axisAt(k, height, width)[0]))
}

/** Takes each pixel from where the grid says, bilinearly, in place; values are rounded. */
export function warpPixels(pixels: Uint8Array, { height, width, channels }: ImageShape, grid: WarpGrid): void {
  const source = pixels.slice()
  for (let pixel = 0; pixel < height * width; pixel++) {
    const x = ((grid[2 * pixel]! + 1) / 2) * (width - 1)
    const y = ((grid[2 * pixel + 1]! + 1) / 2) * (height - 1)
    const [left, top] = [Math.floor(x), Math.floor(y)]
    // At the far edge the neighbour is outside and counts nothing.
    const [right, bottom] = [Math.min(left + 1, width - 1), Math.min(top + 1, height - 1)]
    const [shareX, shareY] = [x - left, y - top]
    for (let c = 0; c < channels; c++) {
      const at = (row: number, column: number): number => source[(row * width + column) * channels + c]!
      const upper = at(top, left) * (1 - shareX) + at(top, right) * shareX
      const lower = at(bottom, left) * (1 - shareX) + at(bottom, right) * shareX
      pixels[pixel * channels + c] = Math.round(upper * (1 - shareY) + lower * shareY)
    }
  }
}

/** Size along the axis of an entry of a grid, and the coordinate of its pixel there. */
function axisAt(k: number, height: number, width: number): [size: number, identity: number] {
  const pixel = Math.floor(k / 2)
  const [index, size] = k % 2 === 0 ? [pixel % width, width] : [Math.floor(pixel / width), height]
  return [size, size === 1 ? 0 : (2 * index) / (size - 1) - 1]
}

function clamped(value: number): number {
  return Math.min(1, Math.max(-1, value))
}

/** Bicubic, corners on corners, as PyTorch's `interpolate` with `align_corners`. */
function enlarge({ control, values }: WarpField, height: number, width: number): Float64Array {
  const rows = taps(height, control)
  const columns = taps(width, control)
  const enlarged = new Float64Array(height * width * 2)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (const axis of [0, 1]) {
        let sum = 0
        for (const [y, weightY] of rows[row]!) {
          for (const [x, weightX] of columns[column]!) sum += weightY * weightX * values[(y * control + x) * 2 + axis]!
        }
        enlarged[(row * width + column) * 2 + axis] = sum
      }
    }
  }
  return enlarged
}

type Tap = readonly [index: number, weight: number]

/** For each place along an axis: the four control points next to it, the outer ones repeated, with their weights. */
function taps(length: number, control: number): Tap[][] {
  return Array.from({ length }, (_, index) => {
    const at = length === 1 ? 0 : (index * (control - 1)) / (length - 1)
    const first = Math.floor(at)
    return [-1, 0, 1, 2].map((offset): Tap => {
      const nearest = Math.min(control - 1, Math.max(0, first + offset))
      return [nearest, cubic(Math.abs(at - first - offset))]
    })
  })
}

/** Keys (1981) with a = -0.75, as PyTorch has it. */
function cubic(distance: number): number {
  const a = -0.75
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1
  if (distance < 2) return ((distance - 5) * distance + 8) * distance * a - 4 * a
  return 0
}
