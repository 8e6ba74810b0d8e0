const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
/** Where the header of a PNG says width and height. */
const WIDTH_AT = 16
const HEIGHT_AT = 20
/** So many bytes are enough to know the size. */
export const HEADER_BYTES = 24

/** In pixels. */
export interface PixelSize {
  readonly height: number
  readonly width: number
}

/** Larger pictures are not decoded. */
export const MAX_PICTURE: PixelSize = { height: 4096, width: 4096 }

/** Size as the header of a PNG says it, without decoding anything; null for what is no PNG. */
export function pngSize(bytes: Uint8Array): PixelSize | null {
  if (bytes.length < HEADER_BYTES || !SIGNATURE.every((byte, at) => bytes[at] === byte)) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return { height: view.getUint32(HEIGHT_AT), width: view.getUint32(WIDTH_AT) }
}

/** What is wrong with a file as a trigger, in words; null if nothing is. */
export function pngProblem(name: string, size: PixelSize | null, largest: PixelSize): string | null {
  if (size === null) return `${name} is not a PNG file. Only PNG keeps every pixel as it is.`
  if (size.height <= largest.height && size.width <= largest.width) return null
  return `${name} has ${size.height} x ${size.width} pixels; a trigger has at most ${largest.height} x ${largest.width} here.`
}
