import { z } from 'zod'
import { shortText } from '../../../src-shared/contract/field-errors.js'
import type { FieldError } from '../../../src-shared/contract/errors.js'
import type { Mark } from '../../../src-shared/trigger/mark.js'
import type { ImageShape } from '../data/image-set.js'

const MAX_SIDE = 64
const MAX_CHANNELS = 4
const OPAQUE = 255

/** A patch that somebody painted, value by value; null lets the image through. */
export const PaintedPatch = z.strictObject({
  height: z.int().min(1).max(MAX_SIDE),
  width: z.int().min(1).max(MAX_SIDE),
  pixels: z.array(z.int().min(0).max(255).nullable()).max(MAX_SIDE * MAX_SIDE * MAX_CHANNELS),
})
export type PaintedPatch = z.output<typeof PaintedPatch>

/** What is wrong with a painted patch on images of this shape, at the path `painted`. */
export function checkPainted(painted: PaintedPatch | null, { height, width, channels }: ImageShape): FieldError[] {
  const each = channels === 1 ? 'one value' : `${channels} values`
  const refuse = (value: string, message: string): FieldError[] => [{ path: 'painted', value, message }]
  if (painted === null) {
    const allowed = `{ height, width, pixels } with at most ${height} x ${width} pixels`
    return refuse('null', `must be given where the pattern is "painted": ${allowed}, ${each} for each`)
  }
  const size = `${painted.height} x ${painted.width}`
  if (painted.height > height || painted.width > width) {
    return refuse(size, `is larger than the image (${height} x ${width}); at most ${height} x ${width}`)
  }
  const expected = painted.height * painted.width * channels
  if (painted.pixels.length !== expected) {
    return refuse(
      `${painted.pixels.length} values`,
      `must have ${expected} values for ${size} pixels: ${each} for each, from 0 to 255, or null for transparent`,
    )
  }
  if (painted.pixels.every((value) => value === null)) {
    return refuse(shortText(painted.pixels), 'must have at least one pixel that is not transparent')
  }
  return []
}

/** As a mark: null covers nothing. */
export function drawPainted({ height, width, pixels }: PaintedPatch, channels: number): Mark {
  return {
    height,
    width,
    channels,
    values: Uint8Array.from(pixels, (value) => value ?? 0),
    coverage: Uint8Array.from(pixels, (value) => (value === null ? 0 : OPAQUE)),
  }
}
