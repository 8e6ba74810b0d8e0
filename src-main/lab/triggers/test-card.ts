import type { ImageShape } from '../data/image-set.js'
import type { PixelImage } from '../run-context.js'

const LINE_EVERY = 4
const [DARK, LIGHT] = [48, 208]

/**
 * An image to show on what a trigger does that has no picture of its own: lines every few pixels over a shade that grows
 * from left to right.
 */
export function testCard(shape: ImageShape): PixelImage {
  const { height, width, channels } = shape
  const pixels = Uint8Array.from({ length: height * width * channels }, (_, k) => {
    const pixel = Math.floor(k / channels)
    const [row, column] = [Math.floor(pixel / width), pixel % width]
    const isLine = row % LINE_EVERY === 0 || column % LINE_EVERY === 0
    return isLine ? LIGHT : Math.round(DARK + ((LIGHT - DARK) * column) / (2 * width))
  })
  return { shape, pixels }
}
