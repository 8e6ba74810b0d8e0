import { isGroup, type JsonObject, type JsonValue } from '../../../../../src-shared/model/json.js'
import { inChannels } from '../../../../../src-shared/trigger/mark.js'
import type { Place } from '../../../../../src-shared/trigger/place.js'
import type { Pixels } from '../../../ui/pixels/pixels.js'

/** A patch as it is painted: `channels` values for each pixel, row by row, or null for transparent. */
export interface Patch {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly pixels: readonly (number | null)[]
}

/** What a pixel is painted with: one value per channel, or nothing at all. */
export type Ink = readonly number[] | null

/** A pixel of the patch. */
export type Cell = Place

const OPAQUE_FROM = 128

export function blankPatch(height: number, width: number, channels: number): Patch {
  return { height, width, channels, pixels: Array.from({ length: height * width * channels }, () => null) }
}

export function isInside({ height, width }: Pick<Patch, 'height' | 'width'>, { row, column }: Cell): boolean {
  return row >= 0 && column >= 0 && row < height && column < width
}

export function inkAt({ width, channels, pixels }: Patch, { row, column }: Cell): Ink {
  const from = (row * width + column) * channels
  const values = pixels.slice(from, from + channels)
  return values.every((value) => value !== null) ? values : null
}

export function sameInk(a: Ink, b: Ink): boolean {
  return a === b || (a !== null && b !== null && a.length === b.length && a.every((value, k) => value === b[k]))
}

/** A copy with these cells painted; cells outside are left out. */
export function painted(patch: Patch, cells: readonly Cell[], ink: Ink): Patch {
  const pixels = [...patch.pixels]
  for (const cell of cells) {
    if (!isInside(patch, cell)) continue
    const from = (cell.row * patch.width + cell.column) * patch.channels
    for (let k = 0; k < patch.channels; k++) pixels[from + k] = ink === null ? null : (ink[k] ?? 0)
  }
  return { ...patch, pixels }
}

/** Paints all that hangs together with a cell, side by side, and looks the same. */
export function filled(patch: Patch, start: Cell, ink: Ink): Patch {
  if (!isInside(patch, start)) return patch
  const replaced = inkAt(patch, start)
  if (sameInk(replaced, ink)) return patch
  const seen = new Set<number>()
  const cells: Cell[] = []
  const waiting = [start]
  for (let cell = waiting.pop(); cell !== undefined; cell = waiting.pop()) {
    const at = cell.row * patch.width + cell.column
    if (!isInside(patch, cell) || seen.has(at) || !sameInk(inkAt(patch, cell), replaced)) continue
    seen.add(at)
    cells.push(cell)
    const { row, column } = cell
    waiting.push({ row: row - 1, column }, { row: row + 1, column })
    waiting.push({ row, column: column - 1 }, { row, column: column + 1 })
  }
  return painted(patch, cells, ink)
}

/** Keeps what fits, from the upper left; what is new is transparent. */
export function resized(patch: Patch, height: number, width: number): Patch {
  const { channels } = patch
  const pixels = Array.from({ length: height * width * channels }, (_, k) => {
    const pixel = Math.floor(k / channels)
    const cell = { row: Math.floor(pixel / width), column: pixel % width }
    if (!isInside(patch, cell)) return null
    return patch.pixels[(cell.row * patch.width + cell.column) * channels + (k % channels)] ?? null
  })
  return { height, width, channels, pixels }
}

/** The cells on the way, so that a quick stroke has no holes. */
export function line(from: Cell, to: Cell): Cell[] {
  const steps = Math.max(Math.abs(to.row - from.row), Math.abs(to.column - from.column), 1)
  return Array.from({ length: steps + 1 }, (_, step) => ({
    row: Math.round(from.row + ((to.row - from.row) * step) / steps),
    column: Math.round(from.column + ((to.column - from.column) * step) / steps),
  }))
}

/** An image as a patch for images of `channels`: gray from colour where there is one channel only. */
export function patchOf(image: Pixels, channels: number): Patch {
  const { height, width } = image
  const hasColour = image.channels >= 3
  const hasOpacity = image.channels === 2 || image.channels === 4
  const pixels: (number | null)[] = []
  for (let from = 0; from < image.values.length; from += image.channels) {
    const value = (k: number): number => image.values[from + (hasColour ? k : 0)] ?? 0
    const isSolid = !hasOpacity || (image.values[from + image.channels - 1] ?? 0) >= OPAQUE_FROM
    const ink = inChannels([value(0), value(1), value(2)], channels)
    for (let k = 0; k < channels; k++) pixels.push(isSolid ? (ink[k] ?? 0) : null)
  }
  return { height, width, channels, pixels }
}

/** For looking at and for a file: always with opacity, so that holes are seen. */
export function pixelsOf({ height, width, channels, pixels }: Patch): Pixels {
  const values: number[] = []
  for (let from = 0; from < pixels.length; from += channels) {
    const pixel = pixels.slice(from, from + channels)
    values.push(...pixel.map((value) => value ?? 0), pixel.every((value) => value === null) ? 0 : 255)
  }
  return { height, width, channels: channels + 1, values: Uint8Array.from(values) }
}

/** The patch in the parameter `painted`; null where it is none for images of `channels`. */
export function patchInParams(value: JsonValue | undefined, channels: number): Patch | null {
  if (!isGroup(value)) return null
  const { height, width, pixels } = value
  if (typeof height !== 'number' || typeof width !== 'number' || !Array.isArray(pixels)) return null
  const isPatch =
    pixels.length === height * width * channels &&
    pixels.every((pixel): pixel is number | null => pixel === null || typeof pixel === 'number')
  return isPatch ? { height, width, channels, pixels } : null
}

export function paramsOf({ height, width, pixels }: Patch): JsonObject {
  return { height, width, pixels: [...pixels] }
}

/** `3 x 3, painted`. */
export function patchText(value: JsonValue): string {
  if (value === null) return 'none'
  if (!isGroup(value) || typeof value['height'] !== 'number' || typeof value['width'] !== 'number')
    return 'not readable'
  return `${value['height']} x ${value['width']}, painted`
}
