import { z } from 'zod'
import type { FieldError } from '../../../src-shared/contract/errors.js'
import { inChannels, type Mark } from '../../../src-shared/trigger/mark.js'
import type { Size } from '../../../src-shared/trigger/place.js'
import { MAX_IMAGE_SIDE } from '../../../src-shared/trigger/trigger-image.js'
import { base64ByteLength, fromBase64 } from '../../../src-shared/util/base64.js'

const RGBA = 4
const MAX_BYTES = MAX_IMAGE_SIDE * MAX_IMAGE_SIDE * RGBA
const MAX_LETTERS = 4 * Math.ceil(MAX_BYTES / 3)

/** A picture inside the experiment, so that the experiment alone repeats the run. */
export const TriggerImage = z.strictObject({
  height: z.int().min(1).max(MAX_IMAGE_SIDE),
  width: z.int().min(1).max(MAX_IMAGE_SIDE),
  rgba: z
    .string()
    .max(MAX_LETTERS)
    .regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'must be base64'),
})
export type TriggerImage = z.output<typeof TriggerImage>

/** Height and width at which the longer side is `size`; the other keeps the proportions and is at least 1. */
export function scaledSize({ height, width }: Size, size: number): Size {
  const scale = size / Math.max(height, width)
  return { height: Math.max(1, Math.round(height * scale)), width: Math.max(1, Math.round(width * scale)) }
}

/** What is wrong with a picture as a trigger, at the path `image`. */
export function checkImage(image: TriggerImage | null): FieldError[] {
  const refuse = (path: string, value: string, message: string): FieldError[] => [{ path, value, message }]
  if (image === null) {
    const allowed = `{ height, width, rgba } with at most ${MAX_IMAGE_SIDE} x ${MAX_IMAGE_SIDE} pixels`
    return refuse('image', 'null', `must be given where the pattern is "image": ${allowed}, rgba in base64`)
  }
  const expected = image.height * image.width * RGBA
  const found = base64ByteLength(image.rgba)
  if (found !== expected) {
    const size = `${image.height} x ${image.width}`
    return refuse('image.rgba', `${found} bytes`, `must have ${expected} bytes for ${size} pixels: ${RGBA} for each`)
  }
  if (fromBase64(image.rgba).every((value, k) => k % RGBA !== RGBA - 1 || value === 0)) {
    return refuse('image', 'transparent everywhere', 'must have at least one pixel that is not transparent')
  }
  return []
}

/**
 * The picture at another size, each new pixel the mean of what it covers of the old ones, weighted by their opacity. At
 * its own size it stays as it is, and enlarged by a whole number each pixel becomes a block.
 */
export function drawImage(image: TriggerImage, size: number, channels: number): Mark {
  const { height, width } = scaledSize(image, size)
  const source = fromBase64(image.rgba)
  const rows = Array.from({ length: height }, (_, row) => covered(row, height, image.height))
  const columns = Array.from({ length: width }, (_, column) => covered(column, width, image.width))
  const values = new Uint8Array(height * width * channels)
  const coverage = new Uint8Array(values.length)
  for (const [row, inRow] of rows.entries()) {
    for (const [column, inColumn] of columns.entries()) {
      const [red, green, blue, opacity] = meanColour(source, image.width, inRow, inColumn)
      const at = (row * width + column) * channels
      values.set(inChannels([red, green, blue], channels), at)
      coverage.fill(opacity, at, at + channels)
    }
  }
  return { height, width, channels, values, coverage }
}

/** The old pixels under a new one along one axis, with the share of each that is covered. */
function covered(index: number, count: number, oldCount: number): { at: number; share: number }[] {
  const from = (index * oldCount) / count
  const to = ((index + 1) * oldCount) / count
  const first = Math.floor(from)
  return Array.from({ length: Math.ceil(to) - first }, (_, k) => ({
    at: first + k,
    share: Math.min(to, first + k + 1) - Math.max(from, first + k),
  })).filter(({ at, share }) => share > 0 && at < oldCount)
}

function meanColour(
  source: Uint8Array,
  width: number,
  rows: readonly { at: number; share: number }[],
  columns: readonly { at: number; share: number }[],
): [number, number, number, number] {
  let red = 0
  let green = 0
  let blue = 0
  let opacity = 0
  let area = 0
  for (const row of rows) {
    for (const column of columns) {
      const from = (row.at * width + column.at) * RGBA
      const share = row.share * column.share
      const weight = share * source[from + 3]!
      red += weight * source[from]!
      green += weight * source[from + 1]!
      blue += weight * source[from + 2]!
      opacity += weight
      area += share
    }
  }
  if (opacity === 0) return [0, 0, 0, 0]
  const mean = (sum: number): number => Math.round(sum / opacity)
  return [mean(red), mean(green), mean(blue), Math.round(opacity / area)]
}
