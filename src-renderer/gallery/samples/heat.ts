import { imagesOf } from '../../src/ui/pixels/pixels.js'
import { recording } from '../recorded/load-recording.js'

/** A digit with a trigger, and heat as a method could give it: strongest at a place, and weaker around it. */
export const digit = imagesOf(recording.preview.poisoned)[0]!

export function heatAround(row: number, column: number, sign = 1): Float32Array {
  const { height, width } = digit
  return Float32Array.from({ length: height * width }, (_, pixel) => {
    const distance = Math.hypot(Math.floor(pixel / width) - row, (pixel % width) - column)
    return sign * Math.exp(-((distance / 6) ** 2))
  })
}
