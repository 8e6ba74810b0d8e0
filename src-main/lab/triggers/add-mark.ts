import type { Mark } from '../../../src-shared/trigger/mark.js'
import type { Place } from '../../../src-shared/trigger/place.js'

export const applications = ['replace', 'add', 'wrap'] as const
/**
 * How a mark meets the pixels below: it replaces them, is added to them up to white, or is added modulo 256, as code does
 * that turns the sum into bytes before it clips.
 */
export type Application = (typeof applications)[number]

const WHITE = 255

/** Adds a mark that lies inside to an image of `width` pixels a row, in place: x + opacity (0..1) * coverage * mark. */
export function addMark(
  pixels: Uint8Array,
  width: number,
  mark: Mark,
  { row, column }: Place,
  opacity: number,
  overflow: Exclude<Application, 'replace'>,
): void {
  const across = mark.width * mark.channels
  mark.values.forEach((value, k) => {
    const at = ((row + Math.floor(k / across)) * width + column) * mark.channels + (k % across)
    const sum = pixels[at]! + Math.round(opacity * (mark.coverage[k]! / WHITE) * value)
    pixels[at] = overflow === 'wrap' ? sum % (WHITE + 1) : Math.min(WHITE, sum)
  })
}
