/** Small files in the formats that imports read, made byte by byte, so that a test can also make them wrong. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { crc32, deflateRawSync } from 'node:zlib'
import createEncoder from '@jsquash/jpeg/codec/enc/mozjpeg_enc.js'
import { encode as encodePng } from 'fast-png'

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)

export function idxImages(
  count: number,
  height: number,
  width: number,
  pixelAt: (index: number) => number,
): Uint8Array {
  const bytes = new Uint8Array(16 + count * height * width)
  const view = new DataView(bytes.buffer)
  ;[0x803, count, height, width].forEach((value, i) => view.setUint32(4 * i, value))
  for (let i = 16; i < bytes.length; i++) bytes[i] = pixelAt(i - 16)
  return bytes
}

export function idxLabels(labels: readonly number[]): Uint8Array {
  const bytes = Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 0, ...labels])
  new DataView(bytes.buffer).setUint32(4, labels.length)
  return bytes
}

export interface TarEntry {
  readonly name: string
  readonly content?: Uint8Array
  /** '0' file, '5' folder, '2' symbolic link, and so on. */
  readonly type?: string
  readonly linkName?: string
}

export function tar(entries: readonly TarEntry[]): Uint8Array {
  const blocks = entries.flatMap(({ name, content = new Uint8Array(), type = '0', linkName = '' }) => {
    const header = new Uint8Array(512)
    header.set(ascii(name).subarray(0, 100))
    header.set(ascii(['0000644', '0000000', '0000000', ''].join('\0')), 100)
    header.set(ascii([content.length.toString(8).padStart(11, '0'), '00000000000', ''].join('\0')), 124)
    header.set(ascii(type), 156)
    header.set(ascii(linkName), 157)
    header.set(ascii(['ustar', '00'].join('\0')), 257)
    header.fill(0x20, 148, 156)
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.set(ascii(`${sum.toString(8).padStart(6, '0')}\0 `), 148)
    const padded = new Uint8Array(Math.ceil(content.length / 512) * 512)
    padded.set(content)
    return [header, padded]
  })
  return Uint8Array.from(Buffer.concat([...blocks, new Uint8Array(1024)]))
}

/** A record of a pax header, which a tar entry of type "x" carries. */
export function paxRecord(key: string, value: string): Uint8Array {
  const rest = ` ${key}=${value}\n`
  let length = rest.length + 1
  while (String(length).length + rest.length !== length) length += 1
  return ascii(`${length}${rest}`)
}

export interface ZipEntry {
  readonly name: string
  readonly content?: Uint8Array
  readonly isStored?: boolean
  /** As Unix programs write them, such as 0o120777 for a symbolic link. */
  readonly unixMode?: number
  readonly flags?: number
  readonly method?: number
  /** What the headers claim instead of the truth. */
  readonly claims?: { readonly unpacked?: number; readonly crc?: number; readonly localName?: string }
}

export function zip(entries: readonly ZipEntry[]): Uint8Array {
  const locals: Uint8Array[] = []
  const centrals: Uint8Array[] = []
  let offset = 0
  for (const {
    name,
    content = new Uint8Array(),
    isStored = false,
    unixMode = 0o100644,
    flags = 0,
    method,
    claims = {},
  } of entries) {
    const packed = isStored ? content : Uint8Array.from(deflateRawSync(content))
    const nameBytes = ascii(name)
    const localName = ascii(claims.localName ?? name)
    const common = (view: DataView, at: number): void => {
      view.setUint16(at, 20, true)
      view.setUint16(at + 2, flags, true)
      view.setUint16(at + 4, method ?? (isStored ? 0 : 8), true)
      view.setUint32(at + 10, claims.crc ?? crc32(content), true)
      view.setUint32(at + 14, packed.length, true)
      view.setUint32(at + 18, claims.unpacked ?? content.length, true)
    }
    const local = new Uint8Array(30 + localName.length)
    const localView = new DataView(local.buffer)
    localView.setUint32(0, 0x04034b50, true)
    common(localView, 4)
    localView.setUint16(26, localName.length, true)
    local.set(localName, 30)
    const central = new Uint8Array(46 + nameBytes.length)
    const centralView = new DataView(central.buffer)
    centralView.setUint32(0, 0x02014b50, true)
    centralView.setUint16(4, (3 << 8) | 20, true)
    common(centralView, 6)
    centralView.setUint16(28, nameBytes.length, true)
    centralView.setUint32(38, unixMode * 65_536, true)
    centralView.setUint32(42, offset, true)
    central.set(nameBytes, 46)
    locals.push(local, packed)
    centrals.push(central)
    offset += local.length + packed.length
  }
  const directory = Buffer.concat(centrals)
  const end = new Uint8Array(22)
  const view = new DataView(end.buffer)
  view.setUint32(0, 0x06054b50, true)
  view.setUint16(8, entries.length, true)
  view.setUint16(10, entries.length, true)
  view.setUint32(12, directory.length, true)
  view.setUint32(16, offset, true)
  return Uint8Array.from(Buffer.concat([...locals, directory, end]))
}

/** A record of the binary form of CIFAR: labels, then the planes of red, green and blue. */
export function cifarRecord(labels: readonly number[], planes: Uint8Array): Uint8Array {
  return Uint8Array.from([...labels, ...planes])
}

/** Planes whose pixel k of colour c is `first + c * 40 + k % 7`. */
export function cifarPlanes(first: number): Uint8Array {
  return Uint8Array.from({ length: 3072 }, (_, i) => (first + Math.floor(i / 1024) * 40 + ((i % 1024) % 7)) % 256)
}

/** Operations of a pickle, one by one, as Python 2's cPickle wrote those of CIFAR. */
export const pickleOps = {
  text: (text: string) => Uint8Array.from([0x55, text.length, ...ascii(text)]),
  longText: (bytes: Uint8Array) => {
    const head = new Uint8Array(5)
    head[0] = 0x54
    new DataView(head.buffer).setInt32(1, bytes.length, true)
    return Uint8Array.from(Buffer.concat([head, bytes]))
  },
  put: (key: number) => Uint8Array.from([0x71, key]),
  get: (key: number) => Uint8Array.from([0x68, key]),
  byte: (value: number) => Uint8Array.from([0x4b, value]),
  int: (value: number) => {
    const bytes = new Uint8Array(5)
    bytes[0] = 0x4a
    new DataView(bytes.buffer).setInt32(1, value, true)
    return bytes
  },
  name: (module: string, name: string) => ascii(`c${module}\n${name}\n`),
  raw: (text: string) => ascii(text),
  op: (code: number) => Uint8Array.of(code),
}

/** A batch of the Python form of CIFAR: a dictionary with labels, images as an array of NumPy, and file names. */
export function cifarPickle(labelKey: string, labels: readonly number[], images: readonly Uint8Array[]): Uint8Array {
  const { text, longText, put, get, byte, int, name, raw, op } = pickleOps
  const [mark, tuple, reduce, build, setItems, appends, none, falseOp] = [
    0x28, 0x74, 0x52, 0x62, 0x75, 0x65, 0x4e, 0x89,
  ].map(op)
  const [tuple1, tuple2, tuple3] = [0x85, 0x86, 0x87].map(op)
  const array = [
    name('numpy.core.multiarray', '_reconstruct'), put(6), name('numpy', 'ndarray'), put(7), byte(0), tuple1!, text('b'), tuple3!, reduce!, put(8),
    mark!, byte(1), int(labels.length), int(3072), tuple2!,
    name('numpy', 'dtype'), put(9), text('u1'), byte(0), byte(1), tuple3!, reduce!, put(10),
    mark!, byte(3), text('|'), none!, none!, none!, int(-1), int(-1), byte(0), tuple!, build!,
    falseOp!, longText(Uint8Array.from(Buffer.concat(images))), tuple!, build!,
  ] // prettier-ignore
  return Uint8Array.from(
    Buffer.concat([
      op(0x80), byte(2).subarray(1), op(0x7d), put(1), mark!,
      text('batch_label'), put(2), text('training batch 1 of 5'), put(3),
      text(labelKey), put(4), op(0x5d), put(5), mark!, ...labels.map(byte), appends!,
      text('data'), ...array,
      text('filenames'), op(0x5d), mark!, ...labels.map((_, i) => text(`image_${i}.png`)), get(3), appends!,
      setItems!, raw('.'),
    ]), // prettier-ignore
  )
}

export function png(
  height: number,
  width: number,
  channels: 1 | 2 | 3 | 4,
  pixelAt: (index: number) => number,
): Uint8Array {
  const data = Uint8Array.from({ length: height * width * channels }, (_, i) => pixelAt(i))
  return encodePng({ width, height, channels, depth: 8, data })
}

interface Encoder {
  encode(pixels: Uint8Array, width: number, height: number, options: object): Uint8Array
}
const openEncoder = createEncoder as unknown as (options: object) => Promise<Encoder>
let encoder: Promise<Encoder> | null = null

/** A JPEG of one colour, which survives the compression. */
export async function jpeg(
  height: number,
  width: number,
  colour: readonly [number, number, number],
): Promise<Uint8Array> {
  encoder ??= readFile(createRequire(import.meta.url).resolve('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm')).then(
    (wasmBinary) => openEncoder({ noInitialRun: true, wasmBinary }),
  )
  const pixels = Uint8Array.from({ length: height * width * 4 }, (_, i) => (i % 4 === 3 ? 255 : colour[i % 4]!))
  const options = {
    quality: 90,
    baseline: false,
    arithmetic: false,
    progressive: false,
    optimize_coding: true,
    smoothing: 0,
    color_space: 3,
    quant_table: 3,
    trellis_multipass: false,
    trellis_opt_zero: false,
    trellis_opt_table: false,
    trellis_loops: 1,
    auto_subsample: true,
    chroma_subsample: 2,
    separate_chroma_quality: false,
    chroma_quality: 75,
  }
  return Uint8Array.from((await encoder).encode(pixels, width, height, options))
}
