/**
 * The ZIP format (PKWARE APPNOTE 6.3.10) as far as writing needs it: files one after the other as they are, without
 * compression, then the directory. No file reaches 4 GiB here.
 */
import { joinedBytes } from './bytes.js'
import { utf8 } from './utf8.js'

export interface ZipEntry {
  readonly name: string
  readonly content: Uint8Array
}

const LOCAL_HEADER = 0x04034b50
const DIRECTORY_HEADER = 0x02014b50
const DIRECTORY_END = 0x06054b50
const VERSION = 20
/** 1980-01-01: the same content is the same file at any time. */
const FIRST_DAY = 0x21

export function zipStored(entries: readonly ZipEntry[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let offset = 0
  for (const { name, content } of entries) {
    const label = utf8(name)
    const common = [
      short(VERSION),
      short(0),
      short(0),
      short(0),
      short(FIRST_DAY),
      long(crc32(content)),
      long(content.length),
      long(content.length),
      short(label.length),
      short(0),
    ]
    const local = joinedBytes([long(LOCAL_HEADER), ...common, label, content])
    directory.push(
      joinedBytes([
        long(DIRECTORY_HEADER),
        short(VERSION),
        ...common,
        short(0),
        short(0),
        short(0),
        long(0),
        long(offset),
        label,
      ]),
    )
    parts.push(local)
    offset += local.length
  }
  const listed = joinedBytes(directory)
  const count = short(entries.length)
  const end = [long(DIRECTORY_END), short(0), short(0), count, count, long(listed.length), long(offset), short(0)]
  return joinedBytes([...parts, listed, ...end])
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 255]! ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

function short(value: number): Uint8Array {
  return Uint8Array.of(value & 255, value >>> 8)
}

function long(value: number): Uint8Array {
  return Uint8Array.of(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24)
}
