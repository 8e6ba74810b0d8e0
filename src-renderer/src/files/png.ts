import { convertIndexedToRgb, decode, encode, type DecodedPng } from 'fast-png'
import type { Pixels } from '../ui/pixels/pixels.js'
import { PNG_HEADER_BYTES } from '../../../src-shared/util/png.js'
import { pngProblem, pngSize, type PixelSize } from './png-header.js'

/**
 * Decoded in the page and not by a canvas, which multiplies with the opacity and loses values by it; nothing is sent
 * anywhere. Throws an error in words.
 */
export async function readPng(file: File, largest: PixelSize): Promise<Pixels> {
  const size = pngSize(new Uint8Array(await file.slice(0, PNG_HEADER_BYTES).arrayBuffer()))
  const problem = pngProblem(file.name, size, largest)
  if (problem !== null) throw new Error(problem)
  try {
    return decodePng(new Uint8Array(await file.arrayBuffer()))
  } catch (cause) {
    throw new Error(`${file.name} could not be read: the file is damaged.`, { cause })
  }
}

/** Every form of PNG as bytes: 1 to 4 channels, the last of 2 or 4 being opacity. Only 16 bits lose their lower ones. */
export function decodePng(bytes: Uint8Array): Pixels {
  const png = decode(bytes, { checkCrc: true })
  const { height, width } = png
  const palette = png.palette ?? []
  if (palette.length > 0) {
    return { height, width, channels: palette[0]!.length, values: Uint8Array.from(convertIndexedToRgb(png)) }
  }
  const samples = samplesOf(png)
  const most = 2 ** png.depth - 1
  const values = Uint8Array.from(samples, (sample) => Math.round((sample * 255) / most))
  return withTransparency({ height, width, channels: png.channels, values }, samples, png.transparency)
}

/** A PNG with one pixel for each pixel. */
export function encodePng({ height, width, channels, values }: Pixels): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(encode({ height, width, channels, depth: 8, data: values }))
}

/** One number for each pixel and channel; fewer than 8 bits are packed, each row from a byte of its own. */
function samplesOf({ height, width, depth, channels, data }: DecodedPng): ArrayLike<number> {
  if (depth >= 8) return data
  const perByte = 8 / depth
  const bytesInRow = Math.ceil((width * channels) / perByte)
  return Uint8Array.from({ length: height * width * channels }, (_, k) => {
    const row = Math.floor(k / (width * channels))
    const inRow = k % (width * channels)
    const byte = data[row * bytesInRow + Math.floor(inRow / perByte)]!
    return (byte >> (8 - depth * ((inRow % perByte) + 1))) & (2 ** depth - 1)
  })
}

/** A PNG without opacity may name one colour that is not painted. */
function withTransparency(pixels: Pixels, samples: ArrayLike<number>, clear: Uint16Array | undefined): Pixels {
  const { height, width, channels, values } = pixels
  if (clear === undefined || clear.length !== channels) return pixels
  const all = new Uint8Array(height * width * (channels + 1))
  for (let pixel = 0; pixel < height * width; pixel++) {
    const from = pixel * channels
    const isClear = clear.every((value, k) => value === samples[from + k])
    all.set(values.subarray(from, from + channels), pixel * (channels + 1))
    all[pixel * (channels + 1) + channels] = isClear ? 0 : 255
  }
  return { height, width, channels: channels + 1, values: all }
}
