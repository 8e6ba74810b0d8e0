import type { PixelBlock } from '../../../src-shared/model/trigger-preview.js'
import { toBase64 } from '../../../src-shared/util/base64.js'
import type { ImageShape } from '../../lab/data/image-set.js'

/** Images as they cross the wire. */
export function pixelBlock({ height, width, channels }: ImageShape, count: number, pixels: Uint8Array): PixelBlock {
  return { count, height, width, channels, base64: toBase64(pixels) }
}
