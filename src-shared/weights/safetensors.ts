/**
 * The safetensors format (huggingface/safetensors, format description): eight bytes with the header's length
 * (little-endian), the header as JSON, then the tensors' bytes back to back. Plain data, nothing is ever executed.
 */
import { z } from 'zod'
import { AppError } from '../contract/errors.js'
import { utf8 } from '../util/utf8.js'

const LENGTH_BYTES = 8
const MAX_HEADER_BYTES = 100_000_000

export interface StoredTensor {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

const TensorEntry = z.object({
  dtype: z.string(),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
})

export function encodeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata }
  let offset = 0
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] }
    offset += values.byteLength
  }
  const text = JSON.stringify(header)
  // Spaces up to a multiple of eight, so that the tensors are aligned.
  const headerBytes = utf8(text.padEnd(Math.ceil(text.length / 8) * 8))
  const file = new Uint8Array(LENGTH_BYTES + headerBytes.length + offset)
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes.length), true)
  file.set(headerBytes, LENGTH_BYTES)
  let position = LENGTH_BYTES + headerBytes.length
  for (const { values } of Object.values(tensors)) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), position)
    position += values.byteLength
  }
  return file
}

/** Where the bytes of a tensor lie, and what they are. */
export interface SafetensorsEntry {
  readonly name: string
  /** As the format calls it, such as F32. */
  readonly type: string
  readonly shape: readonly number[]
  /** Not a copy, and not aligned. */
  readonly bytes: Uint8Array
}

/** Bytes of an element of each type that is read. */
const TYPE_BYTES: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
}

/** Every tensor of the file, in the order of their bytes. Throws as `decodeSafetensors` does. */
export function openSafetensors(file: Uint8Array): {
  entries: SafetensorsEntry[]
  metadata: Record<string, string>
} {
  if (file.length < LENGTH_BYTES) throw refuse(`it has ${file.length} bytes, fewer than its length field`)
  const declared = new DataView(file.buffer, file.byteOffset, file.byteLength).getBigUint64(0, true)
  const room = file.length - LENGTH_BYTES
  if (declared > BigInt(Math.min(MAX_HEADER_BYTES, room)))
    throw refuse(`its header claims ${declared} of ${room} bytes`)
  const headerLength = Number(declared)
  const header = parseHeader(file.subarray(LENGTH_BYTES, LENGTH_BYTES + headerLength))
  if (header === null) throw refuse('its header is not a JSON object')

  const data = file.subarray(LENGTH_BYTES + headerLength)
  const metadata = z.record(z.string(), z.string()).safeParse(header['__metadata__'] ?? {})
  if (!metadata.success) throw refuse('its metadata is not text by name')
  const entries = Object.entries(header).flatMap(([name, raw]) => {
    if (name === '__metadata__') return []
    const entry = TensorEntry.safeParse(raw)
    if (!entry.success) throw refuse(`tensor "${name}": ${entry.error.issues[0]?.message ?? 'unknown form'}`)
    return [{ name, ...entry.data }]
  })
  let covered = 0
  const placed = entries
    .toSorted((a, b) => a.data_offsets[0] - b.data_offsets[0])
    .map(({ name, dtype, shape, data_offsets: [begin, end] }) => {
      const size = Object.hasOwn(TYPE_BYTES, dtype) ? TYPE_BYTES[dtype]! : null
      if (size === null) throw refuse(`tensor "${name}" is of the type ${JSON.stringify(dtype.slice(0, 40))}`)
      const length = shape.reduce((product, side) => product * side, size)
      if (begin !== covered || end - begin !== length || end > data.length) {
        throw refuse(
          `tensor "${name}" of shape [${shape.join(', ')}] lies at bytes ${begin} to ${end} of ${data.length}`,
        )
      }
      covered = end
      return { name, type: dtype, shape, bytes: data.subarray(begin, end) }
    })
  if (covered !== data.length) throw refuse(`${data.length - covered} bytes at its end belong to no tensor`)
  return { entries: placed, metadata: metadata.data }
}

/**
 * The tensors of a file of float32. Throws `invalid-input` that names what is wrong and where; nothing is allocated before
 * the sizes are checked.
 */
export function decodeSafetensors(file: Uint8Array): {
  tensors: Record<string, StoredTensor>
  metadata: Record<string, string>
} {
  const { entries, metadata } = openSafetensors(file)
  const tensors: Record<string, StoredTensor> = {}
  for (const { name, type, shape, bytes } of entries) {
    if (type !== 'F32') throw refuse(`tensor "${name}": only float32 tensors are read`)
    // A copy, because the bytes need not be aligned to four; by `new`, because slices of a Buffer share its memory.
    tensors[name] = { shape, values: new Float32Array(new Uint8Array(bytes).buffer) }
  }
  return { tensors, metadata }
}

function refuse(what: string): AppError {
  return new AppError({ code: 'invalid-input', message: `Not a usable safetensors file: ${what}` })
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    // Not text or not JSON: the caller says so.
    return null
  }
}
