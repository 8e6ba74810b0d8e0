import type { JsonValue } from '../../../../../src-shared/model/json.js'
import { isGroup } from '../../../schema/values.js'
import type { Pixels } from '../../../ui/pixels/pixels.js'
import type { Cell, Patch } from './patch.js'

interface Size {
  readonly height: number
  readonly width: number
}

/** The nearest place where the whole patch lies inside the image. */
export function clamped({ row, column }: Cell, patch: Size, image: Size): Cell {
  const within = (value: number, most: number): number => Math.max(0, Math.min(Math.max(0, most), value))
  return { row: within(row, image.height - patch.height), column: within(column, image.width - patch.width) }
}

/** An exact place in the parameter `position`; null for a place by name. */
export function placeIn(position: JsonValue | undefined): Cell | null {
  if (!isGroup(position)) return null
  const { row, column } = position
  return typeof row === 'number' && typeof column === 'number' ? { row, column } : null
}

/** Where a place by name lies; null for a random one, which differs from image to image. */
export function namedPlace(name: JsonValue | undefined, patch: Size, image: Size): Cell | null {
  const bottom = image.height - patch.height
  const right = image.width - patch.width
  switch (name) {
    case 'top-left':
      return { row: 0, column: 0 }
    case 'top-right':
      return { row: 0, column: right }
    case 'bottom-left':
      return { row: bottom, column: 0 }
    case 'bottom-right':
      return { row: bottom, column: right }
    case 'center':
      return { row: Math.floor(bottom / 2), column: Math.floor(right / 2) }
    default:
      return null
  }
}

/** The image with the patch on it, mixed as the engine mixes it. The patch has to lie inside. */
export function stamped(image: Pixels, patch: Patch, place: Cell, opacity: number): Pixels {
  const values = image.values.slice()
  const { channels } = image
  for (let row = 0; row < patch.height; row++) {
    for (let k = 0; k < patch.width * channels; k++) {
      const value = patch.pixels[row * patch.width * channels + k] ?? null
      if (value === null) continue
      const at = ((place.row + row) * image.width + place.column) * channels + k
      const below = values[at] ?? 0
      values[at] = Math.round(below + opacity * (value - below))
    }
  }
  return { ...image, values }
}

/** Where on the clean image the patch makes the poisoned one; null if nowhere. */
export function foundPlace(clean: Pixels, poisoned: Pixels, patch: Patch, opacity: number): Cell | null {
  for (let row = 0; row + patch.height <= clean.height; row++) {
    for (let column = 0; column + patch.width <= clean.width; column++) {
      const { values } = stamped(clean, patch, { row, column }, opacity)
      if (values.every((value, at) => value === poisoned.values[at])) return { row, column }
    }
  }
  return null
}

/** The colours that are most of an image, without black and white, which are always at hand. */
export function coloursOf({ channels, values }: Pixels, most: number): number[][] {
  const counts = new Map<string, number>()
  for (let from = 0; from < values.length; from += channels) {
    const key = values.slice(from, from + channels).join(',')
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const isPlain = (colour: number[]): boolean => colour.every((v) => v === 0) || colour.every((v) => v === 255)
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([key]) => key.split(',').map(Number))
    .filter((colour) => !isPlain(colour))
    .slice(0, most)
}
