/**
 * The few shapes of protocol buffers that graphs and event files need, written and never read.
 * Encoding: https://protobuf.dev/programming-guides/encoding
 */
import { joinedBytes } from './bytes.js'
import { utf8 } from './utf8.js'

const VARINT = 0
const FIXED64 = 1
const LENGTH_DELIMITED = 2
const FIXED32 = 5

export interface ProtoWriter {
  /** Integers and booleans. Negative ones take ten bytes, as int64 does. */
  integer(field: number, value: number | boolean): ProtoWriter
  float(field: number, value: number): ProtoWriter
  double(field: number, value: number): ProtoWriter
  bytes(field: number, value: Uint8Array): ProtoWriter
  text(field: number, value: string): ProtoWriter
  message(field: number, write: (inner: ProtoWriter) => void): ProtoWriter
  finish(): Uint8Array
}

export function createProtoWriter(): ProtoWriter {
  const parts: Uint8Array[] = []
  const varint = (value: bigint): void => {
    const bytes: number[] = []
    let left = BigInt.asUintN(64, value)
    while (left > 0x7fn) {
      bytes.push(Number(left & 0x7fn) | 0x80)
      left >>= 7n
    }
    bytes.push(Number(left))
    parts.push(Uint8Array.from(bytes))
  }
  const tag = (field: number, wireType: number): void => varint(BigInt(field * 8 + wireType))

  const writer: ProtoWriter = {
    integer(field, value) {
      tag(field, VARINT)
      varint(BigInt(value))
      return writer
    },
    float(field, value) {
      tag(field, FIXED32)
      const bytes = new Uint8Array(4)
      new DataView(bytes.buffer).setFloat32(0, value, true)
      parts.push(bytes)
      return writer
    },
    double(field, value) {
      tag(field, FIXED64)
      const bytes = new Uint8Array(8)
      new DataView(bytes.buffer).setFloat64(0, value, true)
      parts.push(bytes)
      return writer
    },
    bytes(field, value) {
      tag(field, LENGTH_DELIMITED)
      varint(BigInt(value.length))
      parts.push(value)
      return writer
    },
    text: (field, value) => writer.bytes(field, utf8(value)),
    message(field, write) {
      const inner = createProtoWriter()
      write(inner)
      return writer.bytes(field, inner.finish())
    },
    finish: () => joinedBytes(parts),
  }
  return writer
}
