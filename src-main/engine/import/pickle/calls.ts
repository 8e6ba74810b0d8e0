/**
 * What the names in a pickle stand for: a fixed list of what PyTorch, NumPy and BackdoorBench write into files of weights
 * and images. Each is a function of this file that makes plain data; no name is ever looked up anywhere.
 */
import {
  itemsOf,
  PickleArray,
  PickleDict,
  PickleOpaque,
  PickleStorage,
  PickleTensor,
  PickleTuple,
  PickleList,
  textOf,
  type PickleValue,
  type StorageType,
} from './values.js'

export type Refuse = (what: string) => Error

/** What a call needs of the reader. */
export interface Reading {
  readonly refuse: Refuse
  /** Throws once calls have copied more than the whole file holds, which only a bomb does. */
  spend(units: number): void
}

/** A name that the pickle may call. */
export class Name {
  constructor(readonly text: string) {}
}

/** The type of an array's elements, once its byte order is known. */
export class ElementType {
  isBigEndian: boolean
  readonly code: string
  constructor(written: string) {
    this.isBigEndian = written.startsWith('>')
    this.code = written.replace(/^[<>|=]/, '')
  }
}

/** Made by NumPy's _reconstruct, filled by the state that follows. */
export class UnfilledArray {
  filled: PickleArray | null = null
}

/** What is on the stack besides values. */
export type Item = PickleValue | Name | ElementType | UnfilledArray

/** Bytes of an element, by NumPy's code. */
export const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  b1: 1,
  u1: 1,
  i1: 1,
  u2: 2,
  i2: 2,
  f2: 2,
  u4: 4,
  i4: 4,
  f4: 4,
  u8: 8,
  i8: 8,
  f8: 8,
}

const MAX_DIMENSIONS = 8
/** Letters of a key or name. */
const MAX_TEXT = 1000

const STORAGES: Readonly<Record<string, StorageType>> = {
  'torch.FloatStorage': 'float32',
  'torch.DoubleStorage': 'float64',
  'torch.HalfStorage': 'float16',
  'torch.BFloat16Storage': 'bfloat16',
  'torch.LongStorage': 'int64',
  'torch.IntStorage': 'int32',
  'torch.ShortStorage': 'int16',
  'torch.CharStorage': 'int8',
  'torch.ByteStorage': 'uint8',
  'torch.BoolStorage': 'bool',
}

/** Pictures of Pillow inside the records of BackdoorBench. They are not needed, so they are not made. */
const OPAQUE = new Set([
  'PIL.Image.Image',
  'PIL.PngImagePlugin.PngImageFile',
  'PIL.JpegImagePlugin.JpegImageFile',
  'PIL.PpmImagePlugin.PpmImageFile',
  'PIL.BmpImagePlugin.BmpImageFile',
])

type Call = (given: readonly Item[], reading: Reading) => Item

const reconstruct: Call = ([first], { refuse }) => {
  if (!(first instanceof Name) || first.text !== 'numpy.ndarray') throw refuse('an array is of an unknown class')
  return new UnfilledArray()
}

const scalar: Call = ([type, bytes], { refuse }) => {
  if (!(type instanceof ElementType) || !(bytes instanceof Uint8Array)) throw refuse('a number of NumPy is incomplete')
  return numberOf(type, bytes, refuse)
}

/** NumPy from protocol 5 on: the bytes, the type, the shape and the order. */
const fromBuffer: Call = ([bytes, type, shape, order], { refuse }) => {
  if (!(bytes instanceof Uint8Array) || !(type instanceof ElementType)) throw refuse('an array is incomplete')
  if (shortText(order) !== 'C') throw refuse('an array is stored column by column')
  return arrayOf(type, shape, bytes, refuse)
}

const storageView: Call = (given, { refuse }) => {
  const [storage, offset, shape, strides] = given
  if (!(storage instanceof PickleStorage)) throw refuse('a tensor has no storage')
  return tensorOf(storage, offset, shape, strides, refuse)
}

const parameter: Call = ([tensor], { refuse }) => {
  if (!(tensor instanceof PickleTensor)) throw refuse('a parameter is no tensor')
  return tensor
}

const CALLS: Readonly<Record<string, Call>> = {
  'collections.OrderedDict': ([pairs], reading) => dictOf(pairs, reading),
  'torch._utils._rebuild_tensor': storageView,
  'torch._utils._rebuild_tensor_v2': storageView,
  'torch._utils._rebuild_parameter': parameter,
  'torch._utils._rebuild_parameter_with_state': parameter,
  'torch.Size': ([sizes], { refuse }) => {
    const items = itemsOf(sizes as PickleValue)
    if (items === null) throw refuse('a size is no list of numbers')
    return new PickleTuple(items)
  },
  'torch.device': ([name], { refuse }) => {
    const text = shortText(name)
    if (text === null) throw refuse('a device has no name')
    return text
  },
  'numpy.core.multiarray._reconstruct': reconstruct,
  'numpy._core.multiarray._reconstruct': reconstruct,
  'numpy.core.multiarray.scalar': scalar,
  'numpy._core.multiarray.scalar': scalar,
  'numpy.core.numeric._frombuffer': fromBuffer,
  'numpy._core.numeric._frombuffer': fromBuffer,
  'numpy.dtype': ([code], { refuse }) => {
    const text = shortText(code)
    if (text === null) throw refuse('a type of elements has no name')
    return new ElementType(text)
  },
  // How Python 3 writes bytes for Python 2: as a text whose letters are the bytes.
  '_codecs.encode': ([text, encoding], { refuse, spend }) => {
    if (typeof text !== 'string' || encoding !== 'latin1') throw refuse('writes bytes in an unknown way')
    spend(text.length)
    return Uint8Array.from(Buffer.from(text, 'latin1'))
  },
  '__builtin__.set': ([list], { refuse }) => setOf(list, refuse),
  'builtins.set': ([list], { refuse }) => setOf(list, refuse),
}

/** Names that stand for themselves: arguments of the calls above, and types of tensors. */
const PASSIVE = new Set(['numpy.ndarray', ...Object.keys(STORAGES)])
const TENSOR_TYPE = /^torch[.](float32|float64|float16|bfloat16|int64|int32|int16|int8|uint8|bool)$/

/** The name, if it is one of those that are known. */
export function knownName(module: string, name: string, refuse: Refuse): Name | string {
  const text = `${module}.${name}`
  if (TENSOR_TYPE.test(text)) return text
  if (Object.hasOwn(CALLS, text) || PASSIVE.has(text) || OPAQUE.has(text)) return new Name(text)
  throw refuse(
    `asks for ${JSON.stringify(text.slice(0, 200))}, which no file of plain weights or images needs; nothing was executed`,
  )
}

/** What calling a name gives. */
export function called(name: Item, given: Item, reading: Reading): Item {
  const { refuse } = reading
  if (!(name instanceof Name)) throw refuse('calls something that is no name')
  if (!(given instanceof PickleTuple)) throw refuse(`calls ${JSON.stringify(name.text)} without arguments`)
  const call = Object.hasOwn(CALLS, name.text) ? CALLS[name.text] : undefined
  if (call === undefined) throw refuse(`calls ${JSON.stringify(name.text)}, which is only known as a name`)
  // Tuples hold items while they are arguments.
  return call(given.items as readonly Item[], reading)
}

/** A new object of a class: an ordered dictionary, or a placeholder for a picture. */
export function created(name: Item, given: Item, reading: Reading): Item {
  if (name instanceof Name && OPAQUE.has(name.text)) return new PickleOpaque(name.text)
  if (name instanceof Name && name.text === 'collections.OrderedDict') return called(name, given, reading)
  const text = name instanceof Name ? name.text : 'something that is no name'
  throw reading.refuse(`makes an object of ${JSON.stringify(text)}, which is not known`)
}

/** Gives an object its state. Only arrays take one; of others it says nothing that is needed. */
export function filled(target: Item, state: Item, refuse: Refuse): void {
  // Attributes of a dictionary (versions of modules) and of a picture.
  if (target instanceof PickleDict || target instanceof PickleOpaque) return
  if (!(state instanceof PickleTuple)) throw refuse('a state is no tuple')
  if (target instanceof ElementType) {
    const order = shortText(state.items[1])
    if (order === null) throw refuse('the state of a type of elements is incomplete')
    target.isBigEndian = order === '>'
    return
  }
  if (!(target instanceof UnfilledArray)) throw refuse('a state is given to something that takes none')
  const [, shape, type, isColumnMajor, bytes] = state.items as readonly Item[]
  if (!(bytes instanceof Uint8Array) || !(type instanceof ElementType)) {
    throw refuse('the state of an array is incomplete')
  }
  if (isColumnMajor !== false) throw refuse('an array is stored column by column')
  target.filled = arrayOf(type, shape, bytes, refuse)
}

/**
 * A storage by its persistent id: the word "storage", its type, its key, its device, its count, and in older files which
 * part of another storage it is.
 */
export function storageOf(id: Item, refuse: Refuse): PickleStorage {
  const [word, type, key, , count, part] = id instanceof PickleTuple ? (id.items as readonly Item[]) : []
  if (shortText(word) !== 'storage') throw refuse('a persistent id is not that of a storage')
  const known = type instanceof Name && Object.hasOwn(STORAGES, type.text) ? STORAGES[type.text] : undefined
  if (known === undefined) throw refuse('a storage is of an unknown type')
  const name = shortText(key)
  if (name === null || !/^[\w.-]{1,100}$/.test(name) || /^[.]+$/.test(name)) throw refuse('a storage has no usable key')
  if (!isCount(count)) throw refuse(`the storage "${name}" has an impossible size`)
  if (part !== undefined && part !== null) throw refuse(`the storage "${name}" is part of another one`)
  return new PickleStorage(name, known, count)
}

function tensorOf(storage: PickleStorage, offset: Item | undefined, shape: unknown, strides: unknown, refuse: Refuse) {
  const of = `a tensor of the storage "${storage.key}"`
  const sizes = countsOf(shape)
  const steps = countsOf(strides)
  if (sizes === null) throw refuse(`${of} has an impossible shape`)
  if (steps === null || steps.length !== sizes.length) throw refuse(`${of} has impossible strides`)
  if (!isCount(offset)) throw refuse(`${of} begins at an impossible place`)
  const count = sizes.reduce((product, size) => product * size, 1)
  const last = sizes.reduce((at, size, axis) => at + (size - 1) * steps[axis]!, offset)
  const isInside = count === 0 ? offset <= storage.count : last < storage.count
  if (count > storage.count || !isInside) {
    throw refuse(`${of} with the shape [${sizes.join(', ')}] reaches outside of its ${storage.count} numbers`)
  }
  return new PickleTensor(storage, offset, sizes, steps)
}

function arrayOf(type: ElementType, shape: unknown, bytes: Uint8Array, refuse: Refuse): PickleArray {
  const size = elementBytes(type, refuse)
  if (type.isBigEndian && size > 1) throw refuse('an array is stored in big-endian order')
  const sizes = countsOf(shape)
  if (sizes === null) throw refuse('the shape of an array is no list of numbers')
  const expected = sizes.reduce((product, length) => product * length, size)
  if (expected !== bytes.length) {
    throw refuse(`an array of the shape [${sizes.join(', ')}] and type ${type.code} has ${bytes.length} bytes`)
  }
  return new PickleArray(type.code, sizes, bytes)
}

function numberOf(type: ElementType, bytes: Uint8Array, refuse: Refuse): number | boolean {
  const size = elementBytes(type, refuse)
  if (bytes.length !== size) throw refuse(`a number of type ${type.code} has ${bytes.length} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, size)
  const isLittle = !type.isBigEndian
  switch (type.code) {
    case 'b1':
      return bytes[0] !== 0
    case 'f8':
      return view.getFloat64(0, isLittle)
    case 'f4':
      return view.getFloat32(0, isLittle)
    case 'i8':
      return Number(view.getBigInt64(0, isLittle))
    case 'u8':
      return Number(view.getBigUint64(0, isLittle))
    case 'i4':
      return view.getInt32(0, isLittle)
    case 'u4':
      return view.getUint32(0, isLittle)
    case 'i2':
      return view.getInt16(0, isLittle)
    case 'u2':
      return view.getUint16(0, isLittle)
    case 'i1':
      return view.getInt8(0)
    case 'u1':
      return view.getUint8(0)
    default:
      throw refuse(`a number is of type ${type.code}, which is not read`)
  }
}

function elementBytes({ code }: ElementType, refuse: Refuse): number {
  const size = Object.hasOwn(ELEMENT_BYTES, code) ? ELEMENT_BYTES[code] : undefined
  if (size === undefined) throw refuse(`elements of type ${JSON.stringify(code.slice(0, 40))} are not read`)
  return size
}

function dictOf(pairs: Item | undefined, { refuse, spend }: Reading): PickleDict {
  const dict = new PickleDict()
  if (pairs === undefined) return dict
  const items = itemsOf(pairs as PickleValue)
  if (items === null) throw refuse('a dictionary is made of something that is no list of pairs')
  spend(items.length)
  for (const item of items) {
    const [key, value] = itemsOf(item) ?? []
    if (key === undefined || value === undefined) throw refuse('a dictionary is made of something that is no pair')
    dict.entries.set(keyOf(key, refuse), value)
    if (pairs instanceof PickleList || pairs instanceof PickleTuple) dict.depth = Math.max(dict.depth, pairs.depth)
  }
  return dict
}

function setOf(list: Item | undefined, refuse: Refuse): PickleTuple {
  const items = list === undefined ? [] : itemsOf(list as PickleValue)
  if (items === null) throw refuse('a set is made of something that is no list')
  return new PickleTuple(items)
}

/** What may be the key of a dictionary: a text or a whole number. */
export function keyOf(value: Item, refuse: Refuse): string | number {
  const text = shortText(value)
  if (text !== null) return text
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw refuse('a key of a dictionary is neither a short text nor a whole number')
}

/** A text as names have it; longer ones are not made of bytes, again and again. */
function shortText(value: Item | undefined): string | null {
  const isLong = (typeof value === 'string' || value instanceof Uint8Array) && value.length > MAX_TEXT
  return isLong ? null : textOf(value as PickleValue)
}

function countsOf(value: unknown): number[] | null {
  const items = itemsOf(value as PickleValue)
  if (items === null || items.length > MAX_DIMENSIONS || !items.every(isCount)) return null
  return items as number[]
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
