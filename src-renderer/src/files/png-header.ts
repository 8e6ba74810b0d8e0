import { pngHeader } from '../../../src-shared/util/png.js'

/** In pixels. */
export interface PixelSize {
  readonly height: number
  readonly width: number
}

/** Larger pictures are not decoded. */
export const MAX_PICTURE: PixelSize = { height: 4096, width: 4096 }

/** Size as the header of a PNG says it, without decoding anything; null for what is no PNG. */
export function pngSize(bytes: Uint8Array): PixelSize | null {
  const header = pngHeader(bytes)
  return header === null ? null : { height: header.height, width: header.width }
}

/** What is wrong with a file as a trigger, in words; null if nothing is. */
export function pngProblem(name: string, size: PixelSize | null, largest: PixelSize): string | null {
  if (size === null) return `${name} is not a PNG file. Only PNG keeps every pixel as it is.`
  if (size.height <= largest.height && size.width <= largest.width) return null
  return `${name} has ${size.height} x ${size.width} pixels; a trigger has at most ${largest.height} x ${largest.width} here.`
}
