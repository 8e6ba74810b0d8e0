import { rgbaOf, type Pixels } from '../../../ui/pixels/pixels.js'
import { HEADER_BYTES, pngProblem, pngSize } from './png-header.js'

/** Decoded in the page; nothing is sent anywhere. Throws an error in words. */
export async function readPng(file: File, largest: { height: number; width: number }): Promise<Pixels> {
  const size = pngSize(new Uint8Array(await file.slice(0, HEADER_BYTES).arrayBuffer()))
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
