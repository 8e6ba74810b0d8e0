import { z } from 'zod'
import type { FieldError } from '../../../src-shared/contract/errors.js'
import { inChannels, type Mark } from '../../../src-shared/trigger/mark.js'
import type { Size } from '../../../src-shared/trigger/place.js'
import { resizedRgba, scaledSize } from '../../../src-shared/trigger/resize.js'
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

/** The picture with its longer side resized to `size` pixels, in gray on gray images. */
export function drawImage(image: TriggerImage, size: number, channels: number): Mark {
  return stretchImage(image, scaledSize(image, size), channels)
}

/** The picture at another size, whatever becomes of its proportions. */
export function stretchImage(image: TriggerImage, to: Size, channels: number): Mark {
  const rgba = resizedRgba(fromBase64(image.rgba), image, to)
  const values = new Uint8Array(to.height * to.width * channels)
  const coverage = new Uint8Array(values.length)
  for (let pixel = 0; pixel < to.height * to.width; pixel++) {
    const from = pixel * RGBA
    values.set(inChannels([rgba[from]!, rgba[from + 1]!, rgba[from + 2]!], channels), pixel * channels)
    coverage.fill(rgba[from + 3]!, pixel * channels, (pixel + 1) * channels)
  }
  return { height: to.height, width: to.width, channels, values, coverage }
}
