/**
 * Reads the pickles in which the Python version of CIFAR is published: dictionaries of texts, lists of small numbers, and
 * one array of bytes. Exactly the operations of those files are known, and the three names of NumPy that they use;
 * anything else is an error that names it. Nothing is looked up, called or executed. (Pickle protocol 2: Python's
 * pickletools describes the operations.)
 */
import { badFile } from './bad-file.js'

/** An array of bytes with its shape. The bytes are not a copy. */
export interface ByteArray {
  readonly shape: readonly number[]
  readonly bytes: Uint8Array
}

/** Texts come as bytes, because Python 2 did not tell the two apart. */
export type PickleValue = null | boolean | number | Uint8Array | PickleValue[] | Map<string, PickleValue> | ByteArray

const RECONSTRUCT = 'numpy.core.multiarray _reconstruct'
const NDARRAY = 'numpy ndarray'
const DTYPE = 'numpy dtype'
const KNOWN_NAMES = new Set([RECONSTRUCT, NDARRAY, DTYPE])

const MAX_STACK = 100_000
const MAX_MEMO = 1_000_000
const MAX_DIMENSIONS = 4
const UNSIGNED_BYTE = 'u1'

const MARK = Symbol('mark')
class Name {
  constructor(readonly name: string) {}
}
class Tuple {
  constructor(readonly items: readonly Item[]) {}
}
class ElementType {
  constructor(readonly code: string) {}
}
/** Made by _reconstruct, filled by the operation that follows. */
class UnfilledArray {
  filled: ByteArray | null = null
}
type Item = PickleValue | typeof MARK | Name | Tuple | ElementType | UnfilledArray

export function readPickle(bytes: Uint8Array, file: string): PickleValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const stack: Item[] = []
  const memo = new Map<number, Item>()
  let at = 0
  let operation = 0

  const refuse = (what: string): Error => badFile(file, what, operation)
  const take = (count: number): number => {
    const from = at
    if (count > bytes.length - at) throw refuse(`is cut off: ${count} bytes are wanted, ${bytes.length - at} are left`)
    at += count
    return from
  }
  const slice = (count: number): Uint8Array => {
    const from = take(count)
    return bytes.subarray(from, from + count)
  }
  const line = (): string => {
    const end = bytes.indexOf(0x0a, at)
    if (end === -1 || end - at > 200) throw refuse('a name is not ended')
    const text = latin1(slice(end - at))
    take(1)
    return text
  }
  const push = (item: Item): void => {
    if (stack.length >= MAX_STACK) throw refuse(`more than ${MAX_STACK} values wait at once`)
    stack.push(item)
  }
  const pop = (): Item => {
    const item = stack.pop()
    if (item === undefined) throw refuse('a value is missing')
    return item
  }
  const popToMark = (): Item[] => {
    const from = stack.findLastIndex((item) => item === MARK)
    if (from === -1) throw refuse('a mark is missing')
    return stack.splice(from).slice(1)
  }
  const remember = (key: number): void => {
    if (memo.size >= MAX_MEMO) throw refuse(`more than ${MAX_MEMO} values are remembered`)
    memo.set(key, topOf(stack, refuse))
  }
  const get = (key: number): Item => {
    const item = memo.get(key)
    if (item === undefined) throw refuse(`the value ${key} is used before it is there`)
    return item
  }
  const append = (items: readonly Item[]): void => {
    const list = stack.at(-1)
    if (!Array.isArray(list)) throw refuse('something is appended that is no list')
    for (const item of items) list.push(valueOf(item, refuse))
  }
  const setItems = (items: readonly Item[]): void => {
    const map = stack.at(-1)
    if (!(map instanceof Map) || items.length % 2 !== 0)
      throw refuse('entries are given to something that is no dictionary')
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i]
      if (!(key instanceof Uint8Array)) throw refuse('a key is no text')
      map.set(latin1(key), valueOf(items[i + 1]!, refuse))
    }
  }

  for (;;) {
    operation = at
    const code = bytes[take(1)]!
    switch (code) {
      case 0x80: {
        const protocol = bytes[take(1)]!
        if (protocol > 2) throw refuse(`protocol ${protocol} is not that of the published files`)
        break
      }
      case 0x7d: // }
        push(new Map())
        break
      case 0x5d: // ]
        push([])
        break
      case 0x29: // )
        push(new Tuple([]))
        break
      case 0x28: // (
        push(MARK)
        break
      case 0x4e: // N
        push(null)
        break
      case 0x88:
        push(true)
        break
      case 0x89:
        push(false)
        break
      case 0x4b: // K
        push(bytes[take(1)]!)
        break
      case 0x4d: // M
        push(view.getUint16(take(2), true))
        break
      case 0x4a: // J
        push(view.getInt32(take(4), true))
        break
      case 0x55: // U
        push(slice(bytes[take(1)]!))
        break
      case 0x54: {
        // T
        const length = view.getInt32(take(4), true)
        if (length < 0) throw refuse(`a text has ${length} bytes`)
        push(slice(length))
        break
      }
      case 0x71: // q
        remember(bytes[take(1)]!)
        break
      case 0x72: // r
        remember(view.getUint32(take(4), true))
        break
      case 0x68: // h
        push(get(bytes[take(1)]!))
        break
      case 0x6a: // j
        push(get(view.getUint32(take(4), true)))
        break
      case 0x61: // a
        append([pop()])
        break
      case 0x65: // e
        append(popToMark())
        break
      case 0x73: {
        // s
        const value = pop()
        setItems([pop(), value])
        break
      }
      case 0x75: // u
        setItems(popToMark())
        break
      case 0x74: // t
        push(new Tuple(popToMark()))
        break
      case 0x85:
        push(new Tuple([pop()]))
        break
      case 0x86: {
        const second = pop()
        push(new Tuple([pop(), second]))
        break
      }
      case 0x87: {
        const third = pop()
        const second = pop()
        push(new Tuple([pop(), second, third]))
        break
      }
      case 0x63: {
        // c
        const name = `${line()} ${line()}`
        if (!KNOWN_NAMES.has(name)) {
          throw refuse(
            `it asks for ${JSON.stringify(name.replace(' ', '.'))}, which no published file does; nothing was executed`,
          )
        }
        push(new Name(name))
        break
      }
      case 0x52: {
        // R
        const given = pop()
        push(made(pop(), given, refuse))
        break
      }
      case 0x62: {
        // b
        const state = pop()
        fill(topOf(stack, refuse), state, refuse)
        break
      }
      case 0x2e: {
        // .
        const result = valueOf(pop(), refuse)
        if (stack.length > 0) throw refuse(`${stack.length} values are left over`)
        if (at !== bytes.length) throw badFile(file, `has ${bytes.length - at} bytes behind its end`, at)
        return result
      }
      default:
        throw refuse(`uses the pickle operation 0x${code.toString(16).padStart(2, '0')}, which no published file does`)
    }
  }
}

type Refuse = (what: string) => Error

function topOf(stack: readonly Item[], refuse: Refuse): Item {
  const top = stack.at(-1)
  if (top === undefined || top === MARK) throw refuse('a value is missing')
  return top
}

function valueOf(item: Item, refuse: Refuse): PickleValue {
  if (item instanceof UnfilledArray) {
    if (item.filled === null) throw refuse('an array has no content')
    return item.filled
  }
  const isBare = item === MARK || item instanceof Name || item instanceof Tuple || item instanceof ElementType
  if (isBare) throw refuse('a value has a form that no published file has')
  return item
}

/** The two calls that describe an array: an empty one, and the type of its elements. */
function made(name: Item, given: Item, refuse: Refuse): Item {
  if (!(name instanceof Name) || !(given instanceof Tuple)) throw refuse('something is called that is no name')
  const [first] = given.items
  if (name.name === RECONSTRUCT && first instanceof Name && first.name === NDARRAY) return new UnfilledArray()
  if (name.name === DTYPE && first instanceof Uint8Array) return new ElementType(latin1(first))
  throw refuse(`${JSON.stringify(name.name)} is called in a way that no published file does`)
}

function fill(target: Item, state: Item, refuse: Refuse): void {
  if (!(state instanceof Tuple)) throw refuse('a state is no tuple')
  // Byte order and alignment, which mean nothing for single bytes.
  if (target instanceof ElementType) return
  if (!(target instanceof UnfilledArray)) throw refuse('a state is given to something that is no array')
  const [, shape, type, isColumnMajor, bytes] = state.items
  if (!(shape instanceof Tuple) || !(bytes instanceof Uint8Array) || !(type instanceof ElementType)) {
    throw refuse('the state of an array is incomplete')
  }
  if (type.code !== UNSIGNED_BYTE)
    throw refuse(`an array holds values of type ${JSON.stringify(type.code)} and not bytes`)
  if (isColumnMajor !== false) throw refuse('an array is stored column by column')
  const sizes = shape.items.filter((size) => typeof size === 'number')
  if (sizes.length !== shape.items.length || sizes.length > MAX_DIMENSIONS)
    throw refuse('the shape of an array is no list of numbers')
  if (sizes.reduce((product, size) => product * size, 1) !== bytes.length) {
    throw refuse(`an array of shape [${sizes.join(', ')}] has ${bytes.length} bytes`)
  }
  target.filled = { shape: sizes, bytes }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
