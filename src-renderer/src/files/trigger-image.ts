import type { JsonObject } from '../../../src-shared/model/json.js'
import { resizedRgba, scaledSize } from '../../../src-shared/trigger/resize.js'
import { MAX_IMAGE_SIDE } from '../../../src-shared/trigger/trigger-image.js'
import { fromBase64, toBase64 } from '../../../src-shared/util/base64.js'
import { rgbaOf, type Pixels } from '../ui/pixels/pixels.js'

/** The parameter of a picture as trigger. */
export interface TriggerImage extends JsonObject {
  height: number
  width: number
  /** In base64. */
  rgba: string
}

/** A picture as the parameter that an experiment carries; made smaller where it is larger than that allows. */
export function triggerImageOf(picture: Pixels): TriggerImage {
  const rgba = Uint8Array.from(rgbaOf(picture))
  const isSmall = Math.max(picture.height, picture.width) <= MAX_IMAGE_SIDE
  const { height, width } = isSmall ? picture : scaledSize(picture, MAX_IMAGE_SIDE)
  return { height, width, rgba: toBase64(resizedRgba(rgba, picture, { height, width })) }
}

/** The reverse; null for what is no such parameter. */
export function pictureOfTriggerImage({ height, width, rgba }: JsonObject): Pixels | null {
  if (typeof height !== 'number' || typeof width !== 'number' || typeof rgba !== 'string') return null
  const values = fromBase64(rgba)
  return values.length === height * width * 4 ? { height, width, channels: 4, values } : null
}

/** Whether some pixels are neither wholly there nor wholly transparent. */
export function hasHalfOpacity({ channels, values }: Pixels): boolean {
  const hasOpacity = channels === 2 || channels === 4
  return hasOpacity && values.some((value, k) => k % channels === channels - 1 && value !== 0 && value !== 255)
}
