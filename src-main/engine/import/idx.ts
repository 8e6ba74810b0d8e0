/** The IDX format of MNIST (LeCun, Cortes, Burges): a magic number, big-endian sizes, then one byte per value. */
import { badFile } from './bad-file.js'

const IMAGES_MAGIC = 0x00000803
const LABELS_MAGIC = 0x00000801
const MAX_SIDE = 1024

export interface IdxImages {
  readonly count: number
  readonly height: number
  readonly width: number
  /** count x height x width; not a copy. */
  readonly pixels: Uint8Array
}

export function readIdxImages(bytes: Uint8Array, file: string): IdxImages {
  const view = headerOf(bytes, file, 16, IMAGES_MAGIC, 'images')
  const [count, height, width] = [view.getUint32(4), view.getUint32(8), view.getUint32(12)]
  if (height < 1 || height > MAX_SIDE || width < 1 || width > MAX_SIDE) {
    throw badFile(file, `claims images of ${height} x ${width} pixels; at most ${MAX_SIDE} x ${MAX_SIDE} are read`, 8)
  }
  checkLength(bytes, file, 16, count * height * width, `${count} images of ${height} x ${width}`)
  return { count, height, width, pixels: bytes.subarray(16) }
}

/** One class number per image; not a copy. */
export function readIdxLabels(bytes: Uint8Array, file: string): Uint8Array {
  const count = headerOf(bytes, file, 8, LABELS_MAGIC, 'labels').getUint32(4)
  checkLength(bytes, file, 8, count, `${count} labels`)
  return bytes.subarray(8)
}

function headerOf(bytes: Uint8Array, file: string, length: number, magic: number, what: string): DataView {
  if (bytes.length < length) throw badFile(file, `is cut off: its header needs ${length} bytes`, bytes.length)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found = view.getUint32(0)
  if (found !== magic) {
    throw badFile(file, `begins with ${hex(found)}, where a file of ${what} in IDX format begins with ${hex(magic)}`, 0)
  }
  return view
}

function checkLength(bytes: Uint8Array, file: string, header: number, needed: number, what: string): void {
  const there = bytes.length - header
  if (there === needed) return
  if (there < needed) throw badFile(file, `is cut off: ${what} need ${needed} bytes, ${there} are there`, bytes.length)
  throw badFile(file, `has ${there - needed} bytes more than ${what} need`, header + needed)
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`
}
