import { isGroup, type JsonValue } from '../../../../../src-shared/model/json.js'
import { paintMark, type Mark } from '../../../../../src-shared/trigger/mark.js'
import { isPlaceName, namedPlace, type Place, type Size } from '../../../../../src-shared/trigger/place.js'
import type { Pixels } from '../../../ui/pixels/pixels.js'

/** The nearest place where the whole patch lies inside the image. */
export function clamped({ row, column }: Place, patch: Size, image: Size): Place {
  const within = (value: number, most: number): number => Math.max(0, Math.min(Math.max(0, most), value))
  return { row: within(row, image.height - patch.height), column: within(column, image.width - patch.width) }
}

/** An exact place in the parameter `position`; null for a place by name. */
export function placeIn(position: JsonValue | undefined): Place | null {
  if (!isGroup(position)) return null
  const { row, column } = position
  return typeof row === 'number' && typeof column === 'number' ? { row, column } : null
}

/** Where the position puts a mark on every image; null for a random place, which differs from image to image. */
export function fixedPlace(position: JsonValue | undefined, mark: Size, image: Size): Place | null {
  return placeIn(position) ?? (isPlaceName(position) ? namedPlace(position, mark, image) : null)
}

/** The image with the mark on it, as the engine paints it. The mark has to lie inside. */
export function stamped(image: Pixels, mark: Mark, place: Place, opacity: number): Pixels {
  const values = image.values.slice()
  paintMark(values, image.width, mark, place, opacity)
  return { ...image, values }
}

/** Where on the clean image the mark makes the poisoned one; null if nowhere. */
export function foundPlace(clean: Pixels, poisoned: Pixels, mark: Mark, opacity: number): Place | null {
  for (let row = 0; row + mark.height <= clean.height; row++) {
    for (let column = 0; column + mark.width <= clean.width; column++) {
      const { values } = stamped(clean, mark, { row, column }, opacity)
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
