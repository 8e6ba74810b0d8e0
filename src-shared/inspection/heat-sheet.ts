import { colourOf, type HeatScale } from './heat-colours.js'
import type { Region } from '../model/inspection.js'

/** Pixels of the sheet for one of the image: small images are hard to see at their own size. */
const ENLARGED = 8
const GAP = 8
/** Of heat, so that what is below can be made out. */
const OPACITY = 0.6
const RGB = 3
const BACKGROUND = 32
/** Vermilion of Okabe and Ito, as on the page. */
const OUTLINE = [213, 94, 0] as const

/** One image of a sample and its heat. */
export interface HeatCell {
  /** height x width x channels, 0..255. */
  readonly image: Uint8Array
  readonly channels: number
  /** height x width; null for the image alone. */
  readonly heat: Float32Array | null
  /** Outlined. */
  readonly region: Region | null
}

export interface Sheet {
  readonly width: number
  readonly height: number
  /** Red, green, blue. */
  readonly data: Uint8Array
}

/** Images with their heat laid over them, in rows; without a scale there is no heat anywhere. */
export function heatSheet(
  rows: readonly (readonly HeatCell[])[],
  size: { readonly height: number; readonly width: number },
  scale: HeatScale | null,
): Sheet {
  const columns = Math.max(...rows.map(({ length }) => length))
  const across = size.width * ENLARGED
  const down = size.height * ENLARGED
  const width = columns * (across + GAP) + GAP
  const height = rows.length * (down + GAP) + GAP
  const data = new Uint8Array(width * height * RGB).fill(BACKGROUND)
  const put = (x: number, y: number, colour: readonly number[]): void => data.set(colour, (y * width + x) * RGB)
  rows.forEach((row, r) =>
    row.forEach((cell, c) => {
      const left = GAP + c * (across + GAP)
      const top = GAP + r * (down + GAP)
      for (let y = 0; y < down; y++) {
        for (let x = 0; x < across; x++) {
          const pixel = Math.floor(y / ENLARGED) * size.width + Math.floor(x / ENLARGED)
          put(left + x, top + y, pixelColour(cell, pixel, scale))
        }
      }
      if (cell.region !== null) outline(cell.region, (x, y) => put(left + x, top + y, OUTLINE))
    }),
  )
  return { width, height, data }
}

/** Image and heat of one cell as red, green and blue, a pixel for each pixel. */
export function heatedPixels(cell: HeatCell, pixels: number, scale: HeatScale | null): Uint8Array {
  const data = new Uint8Array(pixels * RGB)
  for (let pixel = 0; pixel < pixels; pixel++) data.set(pixelColour(cell, pixel, scale), pixel * RGB)
  return data
}

function pixelColour({ image, channels, heat }: HeatCell, pixel: number, scale: HeatScale | null): readonly number[] {
  const below = Array.from({ length: RGB }, (_, c) => image[pixel * channels + (channels === 1 ? 0 : c)]!)
  if (heat === null || scale === null) return below
  return colourOf(heat[pixel]!, scale).map((value, c) => Math.round(value * OPACITY + below[c]! * (1 - OPACITY)))
}

function outline({ top, left, height, width }: Region, put: (x: number, y: number) => void): void {
  const [x0, y0] = [left * ENLARGED, top * ENLARGED]
  const [x1, y1] = [(left + width) * ENLARGED - 1, (top + height) * ENLARGED - 1]
  for (let x = x0; x <= x1; x++) {
    put(x, y0)
    put(x, y1)
  }
  for (let y = y0; y <= y1; y++) {
    put(x0, y)
    put(x1, y)
  }
}
