/** Numbers of files as float32, which is what the laboratory computes in. */
import type { StorageType } from '../pickle/values.js'

export const STORAGE_BYTES: Readonly<Record<StorageType, number>> = {
  float32: 4,
  float64: 8,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
}

/** Reads the element at a position (in elements) of little-endian bytes. */
export function numberReader(bytes: Uint8Array, type: StorageType): (index: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (type) {
    case 'float32':
      return (index) => view.getFloat32(4 * index, true)
    case 'float64':
      return (index) => view.getFloat64(8 * index, true)
    case 'float16':
      return (index) => halfOf(view.getUint16(2 * index, true))
    case 'bfloat16':
      return (index) => {
        // The upper half of a float32.
        scratch.setUint32(0, view.getUint16(2 * index, true) << 16)
        return scratch.getFloat32(0)
      }
    case 'int64':
      return (index) => Number(view.getBigInt64(8 * index, true))
    case 'int32':
      return (index) => view.getInt32(4 * index, true)
    case 'int16':
      return (index) => view.getInt16(2 * index, true)
    case 'int8':
      return (index) => view.getInt8(index)
    case 'uint8':
    case 'bool':
      return (index) => view.getUint8(index)
  }
}

const scratch = new DataView(new ArrayBuffer(4))

/** IEEE 754 half precision: one bit of sign, five of exponent, ten of fraction. */
function halfOf(bits: number): number {
  const sign = bits >>> 15 === 0 ? 1 : -1
  const exponent = (bits >>> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
