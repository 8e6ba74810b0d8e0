/**
 * The zip format (PKWARE APPNOTE 6.3.10) as far as programs write it: stored and deflated entries, zip64. The central
 * directory is believed only where the local headers agree. Read in memory only.
 */
import { crc32, inflateRawSync } from 'node:zlib'
import { badFile } from './bad-file.js'
import { entryPath } from './entry-path.js'
import { unpackedLimit, type ImportLimits } from './limits.js'
import type { PackedFile } from './tar.js'

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const END64 = 0x06064b50
const LOCATOR64 = 0x07064b50
const END_BYTES = 22
const MAX_COMMENT = 65_535
const U16_MAX = 0xffff
const U32_MAX = 0xffffffff
const STORED = 0
const DEFLATED = 8
const UNIX = 3

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5)
}

interface Directory {
  readonly entries: number
  readonly start: number
  readonly end: number
}

/** Every plain file of the archive; each is unpacked when it is read. Links and encrypted entries are refused by name. */
export function readZip(bytes: Uint8Array, archive: string, limits: ImportLimits): PackedFile[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const directory = findDirectory(view, archive)
  if (directory.entries > limits.entries) throw badFile(archive, `has more than ${limits.entries} entries`)
  const files: PackedFile[] = []
  const seen = new Set<string>()
  let packedInAll = 0
  let unpackedInAll = 0
  let at = directory.start

  for (let index = 0; index < directory.entries; index++) {
    if (at + 46 > directory.end || view.getUint32(at, true) !== CENTRAL) {
      throw badFile(archive, `its directory ends after ${index} of ${directory.entries} entries`, at)
    }
    const flags = view.getUint16(at + 8, true)
    const method = view.getUint16(at + 10, true)
    const crc = view.getUint32(at + 16, true)
    const nameLength = view.getUint16(at + 28, true)
    const extraLength = view.getUint16(at + 30, true)
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true)
    if (next > directory.end) throw badFile(archive, 'an entry of its directory is cut off', at)
    const rawName = bytes.subarray(at + 46, at + 46 + nameLength)
    const raw = new TextDecoder().decode(rawName)
    const refuse = (why: string): Error => badFile(archive, `the entry ${JSON.stringify(raw.slice(0, 200))} ${why}`, at)
    const { packed, unpacked, offset } = sizesOf(view, at, refuse)
    const madeBy = view.getUint8(at + 5)
    const unixMode = madeBy === UNIX ? view.getUint32(at + 38, true) >>> 16 : 0
    if ((unixMode & 0o170000) === 0o120000) throw refuse('is a symbolic link, which is not followed')
    const isFolder = raw.endsWith('/')
    const path = entryPath(raw, archive, limits)

    if (!isFolder) {
      if ((flags & 1) !== 0) throw refuse('is encrypted')
      if (method !== STORED && method !== DEFLATED) throw refuse(`is packed by the unknown method ${method}`)
      if (method === STORED && packed !== unpacked) throw refuse(`is stored but claims ${packed} and ${unpacked} bytes`)
      if (seen.has(path)) throw refuse('is there twice')
      seen.add(path)
      packedInAll += packed
      unpackedInAll += unpacked
      // Entries that share their bytes would count them more than once.
      if (packedInAll > bytes.length) throw refuse('overlaps another entry')
      if (unpackedInAll > unpackedLimit(limits, bytes.length)) {
        throw refuse(`makes the archive unpack to more than ${unpackedLimit(limits, bytes.length)} bytes`)
      }
      const start = dataStart(view, offset, rawName, refuse)
      if (start + packed > directory.start) throw refuse('reaches into the directory of the archive')
      const content = bytes.subarray(start, start + packed)
      files.push({ path, size: unpacked, read: () => unpack(content, { method, unpacked, crc }, refuse) })
    }
    at = next
  }
  return files
}

function findDirectory(view: DataView, archive: string): Directory {
  const last = view.byteLength - END_BYTES
  for (let at = last; at >= Math.max(0, last - MAX_COMMENT); at--) {
    if (view.getUint32(at, true) !== END || at + END_BYTES + view.getUint16(at + 20, true) !== view.byteLength) continue
    const small = {
      entries: view.getUint16(at + 10, true),
      size: view.getUint32(at + 12, true),
      start: view.getUint32(at + 16, true),
    }
    const needs64 = small.entries === U16_MAX || small.size === U32_MAX || small.start === U32_MAX
    const { entries, size, start } = needs64 ? directory64(view, at, archive) : small
    if (start + size > at) throw badFile(archive, 'its directory lies outside of it', at)
    return { entries, start, end: start + size }
  }
  throw badFile(archive, 'is cut off: the directory that ends a zip archive is missing', view.byteLength)
}

function directory64(view: DataView, end: number, archive: string): { entries: number; size: number; start: number } {
  const locator = end - 20
  const at =
    locator >= 0 && view.getUint32(locator, true) === LOCATOR64 ? Number(view.getBigUint64(locator + 8, true)) : -1
  if (at < 0 || at + 56 > locator || view.getUint32(at, true) !== END64) {
    throw badFile(archive, 'its zip64 directory is missing', end)
  }
  return {
    entries: Number(view.getBigUint64(at + 32, true)),
    size: Number(view.getBigUint64(at + 40, true)),
    start: Number(view.getBigUint64(at + 48, true)),
  }
}

type Refuse = (why: string) => Error

/** Sizes and place of an entry; those that do not fit into 32 bits stand in its zip64 field. */
function sizesOf(view: DataView, at: number, refuse: Refuse): { packed: number; unpacked: number; offset: number } {
  const found = {
    unpacked: view.getUint32(at + 24, true),
    packed: view.getUint32(at + 20, true),
    offset: view.getUint32(at + 42, true),
  }
  const extraStart = at + 46 + view.getUint16(at + 28, true)
  const extraEnd = extraStart + view.getUint16(at + 30, true)
  for (let field = extraStart; field + 4 <= extraEnd; field += 4 + view.getUint16(field + 2, true)) {
    if (view.getUint16(field, true) !== 1) continue
    let value = field + 4
    for (const name of ['unpacked', 'packed', 'offset'] as const) {
      if (found[name] !== U32_MAX) continue
      if (value + 8 > Math.min(extraEnd, field + 4 + view.getUint16(field + 2, true)))
        throw refuse('has a damaged zip64 field')
      found[name] = Number(view.getBigUint64(value, true))
      value += 8
    }
  }
  return found
}

/** Where the bytes of an entry begin. Its local header must name it as the directory does. */
function dataStart(view: DataView, offset: number, name: Uint8Array, refuse: Refuse): number {
  if (offset + 30 > view.byteLength || view.getUint32(offset, true) !== LOCAL) throw refuse('has no header of its own')
  const nameLength = view.getUint16(offset + 26, true)
  const start = offset + 30 + nameLength + view.getUint16(offset + 28, true)
  const isSame =
    nameLength === name.length &&
    start <= view.byteLength &&
    name.every((byte, i) => view.getUint8(offset + 30 + i) === byte)
  if (!isSame) throw refuse('has another name in its own header')
  return start
}

function unpack(
  content: Uint8Array,
  { method, unpacked, crc }: { method: number; unpacked: number; crc: number },
  refuse: Refuse,
): Uint8Array {
  let bytes = content
  if (method === DEFLATED) {
    try {
      bytes = inflateRawSync(content, { maxOutputLength: Math.max(1, unpacked) })
    } catch (error) {
      if (!(error as NodeJS.ErrnoException).code) throw error
      throw refuse(`cannot be unpacked: ${(error as Error).message}`)
    }
  }
  if (bytes.length !== unpacked) throw refuse(`unpacks to ${bytes.length} bytes where ${unpacked} were promised`)
  if (crc32(bytes) !== crc) throw refuse('has a wrong checksum')
  return bytes
}
