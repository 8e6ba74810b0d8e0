/**
 * PNG (W3C, third edition) of small pictures, without compression: for pictures that are made where neither the page nor
 * Node is.
 */
import { joinedBytes } from './bytes.js'
import { crc32 } from './crc32.js'
import { utf8 } from './utf8.js'

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
/** By channels: grey, red-green-blue. */
const COLOUR_TYPES = { 1: 0, 3: 2 } as const
const BITS = 8
/** Of deflate: a block is stored with its length in 16 bits. */
const MAX_STORED = 0xffff
const ZLIB_HEADER = Uint8Array.of(0x78, 0x01)
const ADLER_MODULUS = 65_521

/** Bytes from the start that say what a picture is. */
export const PNG_HEADER_BYTES = 26
const WIDTH_AT = 16
const HEIGHT_AT = 20
const COLOUR_TYPE_AT = 25
/** By colour type; one with a palette (3) shows three. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 }

export interface PngHeader {
  readonly width: number
  readonly height: number
  readonly channels: number
}

/** What the header of a PNG says, without decoding anything; null for what is no PNG. */
export function pngHeader(bytes: Uint8Array): PngHeader | null {
  if (bytes.length < PNG_HEADER_BYTES || !SIGNATURE.every((byte, at) => bytes[at] === byte)) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const channels = CHANNELS[view.getUint8(COLOUR_TYPE_AT)] ?? 3
  return { width: view.getUint32(WIDTH_AT), height: view.getUint32(HEIGHT_AT), channels }
}

export interface Picture {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  /** Row by row, 0..255. */
  readonly pixels: Uint8Array
}

export function pngOf({ width, height, channels, pixels }: Picture): Uint8Array<ArrayBuffer> {
  const header = new DataView(new ArrayBuffer(13))
  header.setUint32(0, width)
  header.setUint32(4, height)
  header.setUint8(8, BITS)
  header.setUint8(9, COLOUR_TYPES[channels])
  // Each row begins with the number of its filter: none.
  const stride = width * channels
  const rows = new Uint8Array(height * (stride + 1))
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1)
  return joinedBytes([
    SIGNATURE,
    chunk('IHDR', new Uint8Array(header.buffer)),
    chunk('IDAT', stored(rows)),
    chunk('IEND', new Uint8Array()),
  ])
}

function chunk(type: string, content: Uint8Array): Uint8Array {
  const named = joinedBytes([utf8(type), content])
  return joinedBytes([bigEndian(content.length), named, bigEndian(crc32(named))])
}

/** Zlib (RFC 1950) around blocks that deflate (RFC 1951) only stores. */
function stored(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [ZLIB_HEADER]
  for (let from = 0; from < bytes.length; from += MAX_STORED) {
    const block = bytes.subarray(from, from + MAX_STORED)
    const isLast = from + MAX_STORED >= bytes.length
    const { length } = block
    parts.push(Uint8Array.of(isLast ? 1 : 0, length & 255, length >>> 8, ~length & 255, (~length >>> 8) & 255), block)
  }
  return joinedBytes([...parts, bigEndian(adler32(bytes))])
}

function adler32(bytes: Uint8Array): number {
  let a = 1
  let b = 0
  for (const byte of bytes) {
    a = (a + byte) % ADLER_MODULUS
    b = (b + a) % ADLER_MODULUS
  }
  return ((b << 16) | a) >>> 0
}

function bigEndian(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255)
}
