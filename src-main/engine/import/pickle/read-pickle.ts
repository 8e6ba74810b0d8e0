/**
 * Reads pickles as PyTorch and NumPy write them (protocols 2 to 5; Python's pickletools describes the operations) into
 * plain data. Exactly the operations that those programs use are known, and the names listed in calls.ts; anything else
 * is an error that names it. Nothing is looked up, called or executed, and nothing is allocated that the file does not
 * hold.
 */
import { badFile } from '../bad-file.js'
import {
  called,
  created,
  ElementType,
  filled,
  keyOf,
  knownName,
  Name,
  storageOf,
  UnfilledArray,
  type Item,
} from './calls.js'
import { Container, latin1, PickleDict, PickleList, PickleTuple, type PickleValue } from './values.js'

const MAX_STACK = 100_000
const MAX_MEMO = 4_000_000
const MAX_DEPTH = 64
const MAX_NAME = 200
/** Enough for every number that a saved file has, and for the one that older files of PyTorch begin with. */
const MAX_LONG_BYTES = 16
const PROTOCOLS = { first: 2, last: 5 }

const MARK = Symbol('mark')
type StackItem = Item | typeof MARK

export interface ReadPickle {
  readonly value: PickleValue
  /** Position behind it. */
  readonly end: number
}

/** A pickle that is all of a file. Throws `invalid-input` that names the file, what is wrong, and where. */
export function readPickle(bytes: Uint8Array, file: string): PickleValue {
  const { value, end } = readPickleAt(bytes, 0, file)
  if (end !== bytes.length) throw badFile(file, `has ${bytes.length - end} bytes behind its end`, end)
  return value
}

/** A pickle that begins at a position. Storages of PyTorch are named only: their numbers lie outside. */
export function readPickleAt(bytes: Uint8Array, start: number, file: string): ReadPickle {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const stack: StackItem[] = []
  const memo = new Map<number, Item>()
  let at = start
  let operation = start

  const refuse = (what: string): Error => badFile(file, what, operation)
  let spent = 0
  const reading = {
    refuse,
    spend(units: number): void {
      spent += units
      if (spent > bytes.length) throw refuse('makes more of its values than it holds')
    },
  }
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
  const byte = (): number => bytes[take(1)]!
  const length4 = (): number => view.getUint32(take(4), true)
  const length8 = (): number => {
    const length = view.getBigUint64(take(8), true)
    if (length > BigInt(bytes.length))
      throw refuse(`is cut off: ${length} bytes are wanted, ${bytes.length - at} are left`)
    return Number(length)
  }
  const line = (): string => {
    const end = bytes.indexOf(0x0a, at)
    if (end === -1 || end - at > MAX_NAME) throw refuse('has a name that is not ended')
    const text = latin1(slice(end - at))
    take(1)
    return text
  }
  const text = (count: number): string => {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(slice(count))
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      throw refuse('has a text that is no text')
    }
  }
  const push = (item: StackItem): void => {
    if (stack.length >= MAX_STACK) throw refuse(`has more than ${MAX_STACK} values waiting at once`)
    stack.push(item)
  }
  const pop = (): Item => {
    const item = stack.pop()
    if (item === undefined || item === MARK) throw refuse('lacks a value')
    return item
  }
  const top = (): Item => {
    const item = stack.at(-1)
    if (item === undefined || item === MARK) throw refuse('lacks a value')
    return item
  }
  const popToMark = (): Item[] => {
    const from = stack.lastIndexOf(MARK)
    if (from === -1) throw refuse('lacks a mark')
    // Above the last mark are no others.
    return stack.splice(from).slice(1) as Item[]
  }
  const remember = (key: number): void => {
    if (memo.size >= MAX_MEMO) throw refuse(`remembers more than ${MAX_MEMO} values`)
    memo.set(key, top())
  }
  const recall = (key: number): Item => {
    const item = memo.get(key)
    if (item === undefined) throw refuse(`uses the value ${key} before it is there`)
    return item
  }
  /** Puts values into a container, which is at least as deep then. */
  const place = (into: Container, items: readonly Item[]): void => {
    for (const item of items) {
      if (!(item instanceof Container)) continue
      item.isPlaced = true
      into.depth = Math.max(into.depth, item.depth + 1)
    }
    if (into.isPlaced) throw refuse('changes a value that already lies in another one, or in itself')
    if (into.depth > MAX_DEPTH) throw refuse(`has more than ${MAX_DEPTH} containers inside each other`)
  }
  const append = (items: readonly Item[]): void => {
    const list = top()
    if (!(list instanceof PickleList)) throw refuse('appends to something that is no list')
    place(list, items)
    for (const item of items) list.items.push(plain(item, refuse))
  }
  const setItems = (items: readonly Item[]): void => {
    const dict = top()
    if (!(dict instanceof PickleDict) || items.length % 2 !== 0) {
      throw refuse('gives entries to something that is no dictionary')
    }
    place(dict, items)
    for (let i = 0; i < items.length; i += 2) {
      dict.entries.set(keyOf(items[i]!, refuse), plain(items[i + 1]!, refuse))
    }
  }
  /** Arguments of calls are tuples too, so a tuple may hold names until it lies in something else. */
  const tuple = (items: readonly Item[]): void => {
    const made = new PickleTuple(items.map((item) => (isName(item) ? (item as never) : plain(item, refuse))))
    place(made, items)
    push(made)
  }

  for (;;) {
    operation = at
    const code = byte()
    switch (code) {
      case 0x80: {
        const protocol = byte()
        if (protocol < PROTOCOLS.first || protocol > PROTOCOLS.last) {
          throw refuse(`is of protocol ${protocol}; ${PROTOCOLS.first} to ${PROTOCOLS.last} are read`)
        }
        break
      }
      case 0x95: // FRAME: says only how much may be read at once.
        if (length8() > bytes.length - at) throw refuse('has a frame that reaches behind its end')
        break
      case 0x7d: // }
        push(new PickleDict())
        break
      case 0x5d: // ]
      case 0x8f: // EMPTY_SET
        push(new PickleList())
        break
      case 0x29: // )
        push(new PickleTuple([]))
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
        push(byte())
        break
      case 0x4d: // M
        push(view.getUint16(take(2), true))
        break
      case 0x4a: // J
        push(view.getInt32(take(4), true))
        break
      case 0x8a: // LONG1
        push(longOf(byte()))
        break
      case 0x47: // G
        push(view.getFloat64(take(8), false))
        break
      case 0x55: // U
      case 0x43: // C
        push(slice(byte()))
        break
      case 0x54: // T
      case 0x42: // B
        push(slice(length4()))
        break
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        push(slice(length8()))
        break
      case 0x8c: // SHORT_BINUNICODE
        push(text(byte()))
        break
      case 0x58: // X
        push(text(length4()))
        break
      case 0x8d: // BINUNICODE8
        push(text(length8()))
        break
      case 0x71: // q
        remember(byte())
        break
      case 0x72: // r
        remember(length4())
        break
      case 0x94: // MEMOIZE
        remember(memo.size)
        break
      case 0x68: // h
        push(recall(byte()))
        break
      case 0x6a: // j
        push(recall(length4()))
        break
      case 0x61: // a
        append([pop()])
        break
      case 0x65: // e
      case 0x90: // ADDITEMS
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
      case 0x91: // FROZENSET
        tuple(popToMark())
        break
      case 0x85:
        tuple([pop()])
        break
      case 0x86: {
        const second = pop()
        tuple([pop(), second])
        break
      }
      case 0x87: {
        const third = pop()
        const second = pop()
        tuple([pop(), second, third])
        break
      }
      case 0x63: {
        // c
        const module = line()
        push(knownName(module, line(), refuse))
        break
      }
      case 0x93: {
        // STACK_GLOBAL
        const name = pop()
        const module = pop()
        if (typeof module !== 'string' || typeof name !== 'string') throw refuse('asks for a name that is no text')
        push(knownName(module, name, refuse))
        break
      }
      case 0x52: {
        // R
        const given = pop()
        push(called(pop(), given, reading))
        break
      }
      case 0x81: {
        // NEWOBJ
        const given = pop()
        push(created(pop(), given, reading))
        break
      }
      case 0x62: {
        // b
        const state = pop()
        filled(top(), state, refuse)
        break
      }
      case 0x51: // Q
        push(storageOf(pop(), refuse))
        break
      case 0x2e: {
        // .
        const value = plain(pop(), refuse)
        if (stack.length > 0) throw refuse(`leaves ${stack.length} values over`)
        return { value, end: at }
      }
      default:
        throw refuse(`uses the pickle operation ${operationName(code)}, which no file of weights or images needs`)
    }
  }

  function longOf(count: number): number | bigint {
    if (count > MAX_LONG_BYTES) throw refuse(`has a number of ${count} bytes`)
    const digits = slice(count)
    let value = 0n
    for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(digits[i]!)
    const signed = BigInt.asIntN(8 * count, value)
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed
  }
}

function isName(item: Item): item is Name | ElementType {
  return item instanceof Name || item instanceof ElementType
}

/** The value itself, if it is one and complete. */
function plain(item: Item, refuse: (what: string) => Error): PickleValue {
  if (item instanceof UnfilledArray) {
    if (item.filled === null) throw refuse('has an array without content')
    return item.filled
  }
  if (item instanceof Name) throw refuse(`holds the name ${JSON.stringify(item.text)} as if it were a value`)
  if (item instanceof ElementType) throw refuse('holds a type of elements as if it were a value')
  return item
}

/** Operations that can make or call something, by name; others by number. */
const NAMED: Readonly<Record<number, string>> = {
  0x30: 'POP',
  0x31: 'POP_MARK',
  0x32: 'DUP',
  0x46: 'FLOAT',
  0x49: 'INT',
  0x4c: 'LONG',
  0x50: 'PERSID',
  0x53: 'STRING',
  0x56: 'UNICODE',
  0x64: 'DICT',
  0x67: 'GET',
  0x69: 'INST',
  0x6c: 'LIST',
  0x6f: 'OBJ',
  0x70: 'PUT',
  0x82: 'EXT1',
  0x83: 'EXT2',
  0x84: 'EXT4',
  0x8b: 'LONG4',
  0x92: 'NEWOBJ_EX',
  0x97: 'NEXT_BUFFER',
  0x98: 'READONLY_BUFFER',
}

function operationName(code: number): string {
  return NAMED[code] ?? `0x${code.toString(16).padStart(2, '0')}`
}
