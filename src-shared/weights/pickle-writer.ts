/**
 * Python's pickle protocol 2 (Lib/pickletools.py describes every operation) as far as a dictionary of tensors needs it.
 * Written and never read here.
 */
import { joinedBytes } from '../util/bytes.js'
import { utf8 } from '../util/utf8.js'

const OP = {
  proto: 0x80,
  mark: 0x28,
  stop: 0x2e,
  global: 0x63,
  emptyTuple: 0x29,
  tuple: 0x74,
  reduce: 0x52,
  setItems: 0x75,
  text: 0x58,
  byte: 0x4b,
  short: 0x4d,
  int: 0x4a,
  long: 0x8a,
  false: 0x89,
  persistentId: 0x51,
} as const
const PROTOCOL = 2

/** A value of Python, as the operations that make it. */
export type PickledValue = readonly Uint8Array[]

const op = (code: number): Uint8Array => Uint8Array.of(code)

export const pickledFalse: PickledValue = [op(OP.false)]

export function pickledText(text: string): PickledValue {
  const bytes = utf8(text)
  return [op(OP.text), littleEndian(bytes.length, 4), bytes]
}

/** A whole number from 0 to 2^53. */
export function pickledInt(value: number): PickledValue {
  if (value < 0x100) return [Uint8Array.of(OP.byte, value)]
  if (value < 0x10000) return [op(OP.short), littleEndian(value, 2)]
  if (value < 0x80000000) return [op(OP.int), littleEndian(value, 4)]
  return [Uint8Array.of(OP.long, 8), littleEndian(value, 8)]
}

export function pickledTuple(values: readonly PickledValue[]): PickledValue {
  return values.length === 0 ? [op(OP.emptyTuple)] : [op(OP.mark), ...values.flat(), op(OP.tuple)]
}

/** A class or function by its module and name. */
export function pickledGlobal(module: string, name: string): PickledValue {
  return [op(OP.global), utf8(`${module}\n${name}\n`)]
}

/** What calling it gives. */
export function pickledCall(callable: PickledValue, values: readonly PickledValue[]): PickledValue {
  return [...callable, ...pickledTuple(values), op(OP.reduce)]
}

/** A value that lies outside of the pickle, by what identifies it there. */
export function pickledPersistent(id: PickledValue): PickledValue {
  return [...id, op(OP.persistentId)]
}

export function pickledOrderedDict(items: readonly (readonly [string, PickledValue])[]): PickledValue {
  const empty = pickledCall(pickledGlobal('collections', 'OrderedDict'), [])
  if (items.length === 0) return empty
  return [...empty, op(OP.mark), ...items.flatMap(([key, value]) => [...pickledText(key), ...value]), op(OP.setItems)]
}

/** The whole file. */
export function pickleOf(value: PickledValue): Uint8Array<ArrayBuffer> {
  return joinedBytes([Uint8Array.of(OP.proto, PROTOCOL), ...value, op(OP.stop)])
}

function littleEndian(value: number, bytes: number): Uint8Array {
  const all = new Uint8Array(8)
  new DataView(all.buffer).setBigUint64(0, BigInt(value), true)
  return all.subarray(0, bytes)
}
