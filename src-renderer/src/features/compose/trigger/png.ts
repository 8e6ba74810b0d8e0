import { rgbaOf, type Pixels } from '../../../ui/pixels/pixels.js'

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
/** Where the header of a PNG says width and height. */
const WIDTH_AT = 16
const HEIGHT_AT = 20

/** Size as the header of a PNG says it, without decoding anything; null for what is no PNG. */
export function pngSize(bytes: Uint8Array): { height: number; width: number } | null {
  if (bytes.length < HEIGHT_AT + 4 || !SIGNATURE.every((byte, at) => bytes[at] === byte)) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return { height: view.getUint32(HEIGHT_AT), width: view.getUint32(WIDTH_AT) }
}

/** What is wrong with a file as a trigger, in words; null if nothing is. */
export function pngProblem(
  name: string,
  size: { height: number; width: number } | null,
  largest: { height: number; width: number },
): string | null {
  if (size === null) return `${name} is not a PNG file. Only PNG keeps every pixel as it is.`
  if (size.height <= largest.height && size.width <= largest.width) return null
  return `${name} has ${size.height} x ${size.width} pixels; a trigger has at most ${largest.height} x ${largest.width} here.`
}

/** Decoded in the page; nothing is sent anywhere. Throws an error in words. */
export async function readPng(file: File, largest: { height: number; width: number }): Promise<Pixels> {
  const size = pngSize(new Uint8Array(await file.slice(0, HEIGHT_AT + 4).arrayBuffer()))
  const problem = pngProblem(file.name, size, largest)
  if (problem !== null) throw new Error(problem)
  // The values as they are in the file: no colour profile, no multiplication with the opacity.
  const options = { colorSpaceConversion: 'none', premultiplyAlpha: 'none' } as const
  const bitmap = await createImageBitmap(file, options).catch(() => {
    throw new Error(`${file.name} could not be read: the file is damaged.`)
  })
  const { height, width } = bitmap
  const context = new OffscreenCanvas(width, height).getContext('2d')
  if (context === null) throw new Error('This browser offers no canvas to read a picture with.')
  context.drawImage(bitmap, 0, 0)
  bitmap.close()
  const values = Uint8Array.from(context.getImageData(0, 0, width, height).data)
  return { height, width, channels: 4, values }
}

/** A PNG with one pixel for each pixel. */
export async function writePng(pixels: Pixels): Promise<Blob> {
  const { height, width } = pixels
  const canvas = new OffscreenCanvas(width, height)
  canvas.getContext('2d')?.putImageData(new ImageData(rgbaOf(pixels), width, height), 0, 0)
  return await canvas.convertToBlob({ type: 'image/png' })
}

export function download(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The click has taken the address already; freeing it at once would be too early in some browsers.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
