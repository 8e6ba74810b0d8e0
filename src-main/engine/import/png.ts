/** PNG pictures (W3C PNG, third edition) of every colour type and depth, as bytes of gray or RGB. */
import { crc32, inflateSync } from 'node:zlib'
import { decode } from 'fast-png'
import { badFile } from './bad-file.js'
import type { Picture, PictureSize } from './picture.js'

const SIGNATURE_BYTES = 8
const HEADER_END = 33
const PALETTE = 3
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
}

interface Header extends PictureSize {
  readonly depth: number
  readonly colourType: number
  readonly isInterlaced: boolean
}

export function readPngSize(bytes: Uint8Array, file: string): PictureSize {
  return readHeader(bytes, file)
}

function readHeader(bytes: Uint8Array, file: string): Header {
  if (bytes.length < HEADER_END) throw badFile(file, 'is cut off before its size is told', bytes.length)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(8) !== 13 || view.getUint32(12) !== 0x49484452)
    throw badFile(file, 'does not begin with its header', 8)
  const depth = bytes[24]!
  const colourType = bytes[25]!
  const isInterlaced = bytes[28] === 1
  if (DEPTHS[colourType]?.includes(depth) !== true || bytes[26] !== 0 || bytes[27] !== 0 || bytes[28]! > 1) {
    throw badFile(file, `has the unknown colour type ${colourType}, depth ${depth} or packing`, 24)
  }
  if (isInterlaced && depth < 8)
    throw badFile(file, `is interlaced with ${depth} bits per pixel, which is not read`, 28)
  return {
    width: view.getUint32(16),
    height: view.getUint32(20),
    isGray: colourType === 0 || colourType === 4,
    depth,
    colourType,
    isInterlaced,
  }
}

export function decodePng(bytes: Uint8Array, file: string): Picture {
  const header = readHeader(bytes, file)
  const clean = onlyPicture(bytes, file, header)
  const { data, palette } = decode(clean)
  const { width, height, colourType, depth, isGray } = header
  const count = width * height
  const samples = CHANNELS[colourType]!
  const channels = isGray ? 1 : 3
  const pixels = new Uint8Array(count * channels)
  const bytesPerRow = Math.ceil((width * samples * depth) / 8)

  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * channels
      if (depth < 8) {
        const bit = x * depth
        const value = (data[y * bytesPerRow + (bit >> 3)]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1)
        if (colourType === PALETTE) setColour(pixels, to, palette?.[value], file)
        else pixels[to] = Math.round((value * 255) / ((1 << depth) - 1))
      } else {
        const from = (y * width + x) * samples
        if (colourType === PALETTE) setColour(pixels, to, palette?.[data[from]!], file)
        else for (let c = 0; c < channels; c++) pixels[to + c] = depth === 16 ? data[from + c]! >> 8 : data[from + c]!
      }
    }
  }
  return { width, height, channels, pixels }
}

function setColour(pixels: Uint8Array, to: number, colour: readonly number[] | undefined, file: string): void {
  if (colour === undefined) throw badFile(file, 'uses a colour that its palette does not have')
  for (let c = 0; c < 3; c++) pixels[to + c] = colour[c]!
}

/**
 * The file without everything but the picture, and only if its packed data have the size that its header promises: the
 * decoder unpacks whatever it is given.
 */
function onlyPicture(bytes: Uint8Array, file: string, header: Header): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const kept: Uint8Array[] = [bytes.subarray(0, SIGNATURE_BYTES)]
  const packed: Uint8Array[] = []
  for (let at = SIGNATURE_BYTES; ;) {
    const length = at + 12 <= bytes.length ? view.getUint32(at) : Infinity
    const end = at + 12 + length
    if (end > bytes.length) throw badFile(file, 'is cut off', bytes.length)
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (['IHDR', 'PLTE', 'IDAT', 'IEND'].includes(type)) {
      if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) {
        throw badFile(file, `its part ${type} has a wrong checksum`, at)
      }
      kept.push(bytes.subarray(at, end))
      if (type === 'IDAT') packed.push(bytes.subarray(at + 8, end - 4))
      if (type === 'PLTE' && (length % 3 !== 0 || length > 768)) throw badFile(file, 'its palette is damaged', at)
    }
    if (type === 'IEND') break
    at = end
  }
  const expected = unpackedBytes(header)
  let unpacked: number
  try {
    unpacked = inflateSync(Buffer.concat(packed), { maxOutputLength: expected + 1 }).length
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code) throw error
    throw badFile(file, `its packed pixels are damaged: ${(error as Error).message}`)
  }
  if (unpacked !== expected) throw badFile(file, `its pixels take ${unpacked} bytes where its size needs ${expected}`)
  return Buffer.concat(kept)
}

/** Rows with a filter byte each; seven smaller pictures where it is interlaced (Adam7). */
function unpackedBytes({ width, height, depth, colourType, isInterlaced }: Header): number {
  const bits = depth * CHANNELS[colourType]!
  const rows = (w: number, h: number): number => (w === 0 || h === 0 ? 0 : h * (1 + Math.ceil((w * bits) / 8)))
  if (!isInterlaced) return rows(width, height)
  const passes = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ] as const
  return passes.reduce(
    (sum, [x, y, stepX, stepY]) =>
      sum + rows(Math.max(0, Math.ceil((width - x) / stepX)), Math.max(0, Math.ceil((height - y) / stepY))),
    0,
  )
}
