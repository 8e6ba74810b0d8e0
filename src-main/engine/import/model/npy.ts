/** Arrays of NumPy by themselves (numpy.lib.format, versions 1 to 3), and the zip archives of them that are called npz. */
import { badFile } from '../bad-file.js'
import type { ImportLimits } from '../limits.js'
import { ELEMENT_BYTES } from '../pickle/calls.js'
import { PickleArray, type StorageType } from '../pickle/values.js'
import { readZip } from '../zip.js'
import { numberReader } from './numbers.js'

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
const HEADER = /^\{'descr': '([<>|=]?[a-zA-Z]\d*)', 'fortran_order': (True|False), 'shape': \(([\d, ]*)\),? *\}\s*$/
const MAX_DIMENSIONS = 8

export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((value, i) => bytes[i] === value)
}

/** Throws `invalid-input` that names the file, what is wrong, and where. Arrays of objects are refused: they are pickles. */
export function readNpy(bytes: Uint8Array, file: string): PickleArray {
  if (!isNpy(bytes) || bytes.length < 12) throw badFile(file, 'does not begin as an array of NumPy does', 0)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isFirst = bytes[6] === 1
  const start = isFirst ? 10 : 12
  const length = isFirst ? view.getUint16(8, true) : view.getUint32(8, true)
  if (length > bytes.length - start) throw badFile(file, 'is cut off in its header', bytes.length)
  const found = HEADER.exec(new TextDecoder('latin1').decode(bytes.subarray(start, start + length)))
  if (found === null) throw badFile(file, 'has a header that is not read: plain arrays of numbers are', start)
  const [, descr = '', order, sizes = ''] = found
  const type = descr.replace(/^[<>|=]/, '')
  const elementBytes = Object.hasOwn(ELEMENT_BYTES, type) ? ELEMENT_BYTES[type]! : null
  if (elementBytes === null) throw badFile(file, `holds elements of the type ${JSON.stringify(descr)}`, start)
  if (descr.startsWith('>') && elementBytes > 1) throw badFile(file, 'is stored in big-endian order', start)
  if (order === 'True') throw badFile(file, 'is stored column by column', start)
  const shape = sizes
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
    .map(Number)
  if (shape.length > MAX_DIMENSIONS) throw badFile(file, `has ${shape.length} dimensions`, start)
  const expected = shape.reduce((product, size) => product * size, elementBytes)
  const content = bytes.subarray(start + length)
  if (expected !== content.length) {
    throw badFile(
      file,
      `an array of the shape [${shape.join(', ')}] and type ${type} needs ${expected} bytes, ${content.length} are there`,
      start + length,
    )
  }
  return new PickleArray(type, shape, content)
}

/** The arrays of an npz file by their names; each is read when it is asked for. */
export function readNpz(bytes: Uint8Array, file: string, limits: ImportLimits): Map<string, () => PickleArray> {
  return new Map(
    readZip(bytes, file, limits)
      .filter(({ path }) => path.endsWith('.npy'))
      .map((entry) => [entry.path.slice(0, -'.npy'.length), () => readNpy(entry.read(), `${file}: ${entry.path}`)]),
  )
}

const TYPES: Readonly<Record<string, StorageType>> = {
  f4: 'float32',
  f8: 'float64',
  f2: 'float16',
  i8: 'int64',
  i4: 'int32',
  i2: 'int16',
  i1: 'int8',
  u1: 'uint8',
  b1: 'bool',
}

/** The elements of an array as numbers, row by row. */
export function numbersOf({ type, bytes }: PickleArray, file: string): Float32Array {
  const known = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined
  if (known === undefined) throw badFile(file, `holds numbers of the type ${type}, which are not read`)
  const read = numberReader(bytes, known)
  return Float32Array.from({ length: bytes.length / ELEMENT_BYTES[type]! }, (_, index) => read(index))
}
