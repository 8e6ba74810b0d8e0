/** JPEG pictures, decoded by libjpeg (MozJPEG) in WebAssembly: the same pixels as Python's imaging libraries give. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import createCodec from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js'
import { badFile } from './bad-file.js'
import type { Picture, PictureSize } from './picture.js'

const requireFromHere = createRequire(import.meta.url)

export interface JpegDecoder {
  decode(bytes: Uint8Array, file: string): Promise<Picture>
}

/** The part of the module that is used here; its own types need those of a browser. */
interface Codec {
  decode(
    bytes: Uint8Array,
    keepOrientation: boolean,
  ): { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray } | null
}
interface CodecOptions {
  readonly noInitialRun: true
  readonly wasmBinary: Uint8Array
  readonly printErr: (line: string) => void
}
const openCodec = createCodec as unknown as (options: CodecOptions) => Promise<Codec>

/** What libjpeg has said of the picture that is being decoded. */
let complaint: string | null = null

export async function openJpegDecoder(): Promise<JpegDecoder> {
  const wasmBinary = await readFile(requireFromHere.resolve('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'))
  const open = (): Promise<Codec> =>
    openCodec({
      noInitialRun: true,
      wasmBinary,
      printErr: (line) => {
        complaint ??= line
      },
    })
  let codec: Codec | null = null
  return {
    async decode(bytes, file) {
      codec ??= await open()
      return decode(codec, bytes, file, () => {
        codec = null
      })
    },
  }
}

/**
 * A damaged file that libjpeg would patch up is refused: what it made up is no training data. `isLeftUnsound`: the module
 * was left in the middle of its work, with its stack and memory as they were then; after some hundred times it hangs.
 */
function decode(loaded: Codec, bytes: Uint8Array, file: string, isLeftUnsound: () => void): Picture {
  const { isGray } = readJpegSize(bytes, file)
  complaint = null
  let decoded: ReturnType<Codec['decode']> = null
  try {
    decoded = loaded.decode(bytes, false)
  } catch (error) {
    isLeftUnsound()
    // What the module throws says nothing where libjpeg has said it before.
    complaint ??= error instanceof Error ? error.message : 'it is damaged'
  }
  if (decoded === null || complaint !== null) throw badFile(file, `cannot be decoded: ${complaint ?? 'it is damaged'}`)
  const { width, height, data } = decoded
  const channels = isGray ? 1 : 3
  const pixels = new Uint8Array(width * height * channels)
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < channels; c++) pixels[i * channels + c] = data[4 * i + c]!
  }
  return { height, width, channels, pixels }
}

const START_OF_SCAN = 0xda
const END_OF_IMAGE = 0xd9
/** Markers that stand alone. */
const isBare = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)
/** SOF0 to SOF15 without DHT, JPG and DAC. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)

/** Size and number of components from the frame header (ITU-T T.81, B.2.2). */
export function readJpegSize(bytes: Uint8Array, file: string): PictureSize {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) throw badFile(file, 'a marker is missing', at)
    const marker = bytes[at + 1]!
    if (marker === 0xff || isBare(marker)) {
      at += marker === 0xff ? 1 : 2
      continue
    }
    if (marker === START_OF_SCAN || marker === END_OF_IMAGE) break
    const length = view.getUint16(at + 2)
    if (isFrame(marker)) {
      if (at + 10 > bytes.length) break
      const components = bytes[at + 9]!
      if (components !== 1 && components !== 3) {
        throw badFile(file, `has ${components} colour components; 1 and 3 are read`, at + 9)
      }
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7), isGray: components === 1 }
    }
    at += 2 + Math.max(2, length)
  }
  throw badFile(file, 'is cut off before its size is told', bytes.length)
}
