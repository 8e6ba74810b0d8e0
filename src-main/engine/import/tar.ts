/** The tar format: POSIX ustar with pax headers (IEEE Std 1003.1), and the long names of GNU tar. Read in memory only. */
import { badFile } from './bad-file.js'
import { entryPath } from './entry-path.js'
import type { ImportLimits } from './limits.js'

const BLOCK = 512
const MAX_EXTENSION_BYTES = 65_536

export interface PackedFile {
  readonly path: string
  readonly size: number
  /** Not a copy. */
  read(): Uint8Array
}

/** Whether a first block is that of a tar archive: its checksum is right. */
export function isTar(bytes: Uint8Array): boolean {
  return bytes.length >= BLOCK && hasRightSum(bytes.subarray(0, BLOCK))
}

/** Every plain file of the archive. Links and devices are refused by name. */
export function readTar(bytes: Uint8Array, archive: string, limits: ImportLimits): PackedFile[] {
  const files: PackedFile[] = []
  const seen = new Set<string>()
  let entries = 0
  let longPath: string | null = null
  let longSize: number | null = null
  let at = 0

  while (at + BLOCK <= bytes.length) {
    const header = bytes.subarray(at, at + BLOCK)
    if (header.every((byte) => byte === 0)) return files
    if (!hasRightSum(header)) throw badFile(archive, 'a header of the tar archive has a wrong checksum', at)
    entries += 1
    if (entries > limits.entries) throw badFile(archive, `has more than ${limits.entries} entries`, at)

    const type = String.fromCharCode(header[156]!)
    const isExtension = type === 'x' || type === 'g' || type === 'L' || type === 'K'
    const size = !isExtension && longSize !== null ? longSize : octal(header, 124, 12)
    const start = at + BLOCK
    const raw = !isExtension && longPath !== null ? longPath : nameOf(header)
    if (size === null) throw badFile(archive, `the size of ${JSON.stringify(raw)} is not a number`, at + 124)
    if (start + size > bytes.length) {
      throw badFile(
        archive,
        `is cut off: ${JSON.stringify(raw)} has ${size} bytes, ${bytes.length - start} are there`,
        at,
      )
    }
    const content = bytes.subarray(start, start + size)

    if (isExtension) {
      if (size > MAX_EXTENSION_BYTES) throw badFile(archive, `an extended header has ${size} bytes`, at)
      if (type === 'L') longPath = textOf(content)
      if (type === 'x') {
        const { path, size: paxSize } = paxRecords(content, archive, start)
        longPath = path ?? longPath
        longSize = paxSize ?? longSize
      }
    } else {
      const path = entryPath(raw, archive, limits)
      if (type === '0' || type === '\0' || type === '7') {
        if (seen.has(path)) throw badFile(archive, `holds the entry ${JSON.stringify(path)} twice`, at)
        seen.add(path)
        files.push({ path, size, read: () => content })
      } else if (type !== '5') {
        throw badFile(archive, `the entry ${JSON.stringify(raw)} is ${kinds[type] ?? 'of an unknown kind'}`, at)
      }
      longPath = null
      longSize = null
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK
  }
  // Two blocks of zeros end an archive; some writers leave them out.
  if (at < bytes.length) throw badFile(archive, 'is cut off in the middle of a header', at)
  return files
}

const kinds: Readonly<Record<string, string>> = {
  '1': 'a hard link, which is not followed',
  '2': 'a symbolic link, which is not followed',
  '3': 'a device',
  '4': 'a device',
  '6': 'a named pipe',
}

function nameOf(header: Uint8Array): string {
  const name = textOf(header.subarray(0, 100))
  const isUstar = textOf(header.subarray(257, 262)) === 'ustar'
  const prefix = isUstar && header[262] === 0 ? textOf(header.subarray(345, 500)) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

/** Text up to the first zero byte. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return new TextDecoder().decode(end === -1 ? bytes : bytes.subarray(0, end))
}

function octal(header: Uint8Array, from: number, length: number): number | null {
  const text = textOf(header.subarray(from, from + length)).trim()
  return /^[0-7]{1,11}$/.test(text) ? Number.parseInt(text, 8) : null
}

function hasRightSum(header: Uint8Array): boolean {
  const stated = octal(header, 148, 8)
  let sum = 0
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : header[i]!
  return sum === stated
}

/** Records of a pax header: "LENGTH KEY=VALUE\n", where the length counts the whole record. */
function paxRecords(content: Uint8Array, archive: string, offset: number): { path?: string; size?: number } {
  const found: { path?: string; size?: number } = {}
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at)
    const length = Number(new TextDecoder().decode(content.subarray(at, Math.max(at, space))))
    const isRecord = space > at && Number.isInteger(length) && length > space - at + 1 && at + length <= content.length
    if (!isRecord) throw badFile(archive, 'an extended header is damaged', offset + at)
    const record = new TextDecoder().decode(content.subarray(space + 1, at + length - 1))
    const [key, ...value] = record.split('=')
    if (key === 'path') found.path = value.join('=')
    if (key === 'size') {
      found.size = Number(value.join('='))
      if (!Number.isSafeInteger(found.size) || found.size < 0)
        throw badFile(archive, 'a size is no number', offset + at)
    }
    at += length
  }
  return found
}
