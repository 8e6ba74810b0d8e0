import { z } from 'zod'
import { fromBase64, toBase64 } from '../util/base64.js'

const block = <D extends string>(dtype: D) =>
  z.object({
    dtype: z.literal(dtype),
    shape: z.array(z.int().min(0)),
    base64: z.base64(),
  })

/** Numbers of 0 to 255 row by row, in base64 so that they cross any wire. */
export const ByteBlock = block('uint8')
export type ByteBlock = z.infer<typeof ByteBlock>

/** Whole numbers of 32 bits, little-endian. */
export const IntBlock = block('int32')
export type IntBlock = z.infer<typeof IntBlock>

/** Numbers in single precision, little-endian; NaN stands for "not known". */
export const FloatBlock = block('float32')
export type FloatBlock = z.infer<typeof FloatBlock>

/** Many numbers that travel together, row by row. */
export type ArrayBlock = ByteBlock | IntBlock | FloatBlock

type Shape = readonly number[]

export function byteBlock(values: Uint8Array, shape: Shape = [values.length]): ByteBlock {
  return { dtype: 'uint8', shape: [...shape], base64: toBase64(values) }
}

export function intBlock(values: Int32Array, shape: Shape = [values.length]): IntBlock {
  return { dtype: 'int32', shape: [...shape], base64: toBase64(bytesUnder(values)) }
}

export function floatBlock(values: Float32Array, shape: Shape = [values.length]): FloatBlock {
  return { dtype: 'float32', shape: [...shape], base64: toBase64(bytesUnder(values)) }
}

export function bytesOf({ base64 }: ByteBlock): Uint8Array {
  return fromBase64(base64)
}

export function intsOf({ base64 }: IntBlock): Int32Array {
  return new Int32Array(fromBase64(base64).buffer)
}

export function floatsOf({ base64 }: FloatBlock): Float32Array {
  return new Float32Array(fromBase64(base64).buffer)
}

/** The numbers of a block of any kind. */
export function valuesOf(of: ArrayBlock): Uint8Array | Int32Array | Float32Array {
  switch (of.dtype) {
    case 'uint8':
      return bytesOf(of)
    case 'int32':
      return intsOf(of)
    case 'float32':
      return floatsOf(of)
  }
}

function bytesUnder({ buffer, byteOffset, byteLength }: Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
