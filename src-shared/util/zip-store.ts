/**
 * The ZIP format (PKWARE APPNOTE 6.3.10) as far as writing needs it: files one after the other as they are, without
 * compression, then the directory. No file reaches 4 GiB here; more than 65,535 files are counted in the ZIP64 form.
 */
import { joinedBytes } from './bytes.js'
import { crc32 } from './crc32.js'
import { utf8 } from './utf8.js'

export interface ZipEntry {
  readonly name: string
  readonly content: Uint8Array
}

export interface ZipOptions {
  /** Each content begins at a multiple of this many bytes. */
  readonly alignment?: number
}

const LOCAL_HEADER = 0x04034b50
const LOCAL_HEADER_BYTES = 30
const DIRECTORY_HEADER = 0x02014b50
const DIRECTORY_END = 0x06054b50
const DIRECTORY_END_64 = 0x06064b50
const DIRECTORY_END_64_LOCATOR = 0x07064b50
/** Bytes of that record behind its own length field. */
const DIRECTORY_END_64_REST = 44n
const VERSION = 20
const VERSION_64 = 45
/** Names are in UTF-8. */
const UTF8_NAMES = 0x0800
/** Stands for a count that only the ZIP64 record has room for. */
const MANY = 0xffff
/** 1980-01-01: the same content is the same file at any time. */
const FIRST_DAY = 0x21
/** An extra field of nothing but padding, under the number that PyTorch's files use for theirs. */
const PADDING_FIELD = 0x4246
const FIELD_HEADER_BYTES = 4

export function zipStored(entries: readonly ZipEntry[], { alignment = 1 }: ZipOptions = {}): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let offset = 0
  for (const { name, content } of entries) {
    const label = utf8(name)
    const padding = paddingField(offset + LOCAL_HEADER_BYTES + label.length, alignment)
    const common = [
      short(VERSION),
      short(label.length === name.length ? 0 : UTF8_NAMES),
      short(0),
      short(0),
      short(FIRST_DAY),
      long(crc32(content)),
      long(content.length),
      long(content.length),
      short(label.length),
    ]
    const local = [long(LOCAL_HEADER), ...common, short(padding.length), label, padding]
    directory.push(
      joinedBytes([
        long(DIRECTORY_HEADER),
        short(VERSION),
        ...common,
        short(0),
        short(0),
        short(0),
        short(0),
        long(0),
        long(offset),
        label,
      ]),
    )
    parts.push(...local, content)
    offset += LOCAL_HEADER_BYTES + label.length + padding.length + content.length
  }
  return joinedBytes([...parts, ...directory, ...directoryEnd(entries.length, directory, offset)])
}

function directoryEnd(entries: number, directory: readonly Uint8Array[], offset: number): Uint8Array[] {
  const length = directory.reduce((sum, each) => sum + each.length, 0)
  const isMany = entries >= MANY
  const count = short(isMany ? MANY : entries)
  const end = [long(DIRECTORY_END), short(0), short(0), count, count, long(length), long(offset), short(0)]
  if (!isMany) return end
  const count64 = longer(BigInt(entries))
  return [
    long(DIRECTORY_END_64),
    longer(DIRECTORY_END_64_REST),
    short(VERSION_64),
    short(VERSION_64),
    long(0),
    long(0),
    count64,
    count64,
    longer(BigInt(length)),
    longer(BigInt(offset)),
    long(DIRECTORY_END_64_LOCATOR),
    long(0),
    longer(BigInt(offset + length)),
    long(1),
    ...end,
  ]
}

function paddingField(before: number, alignment: number): Uint8Array {
  if (before % alignment === 0) return new Uint8Array()
  const length = (alignment - ((before + FIELD_HEADER_BYTES) % alignment)) % alignment
  return joinedBytes([short(PADDING_FIELD), short(length), new Uint8Array(length)])
}

function short(value: number): Uint8Array {
  return Uint8Array.of(value & 255, value >>> 8)
}

function long(value: number): Uint8Array {
  return Uint8Array.of(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24)
}

function longer(value: bigint): Uint8Array {
  return joinedBytes([long(Number(value & 0xffffffffn)), long(Number(value >> 32n))])
}
