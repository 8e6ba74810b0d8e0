/**
 * A checkpoint on disk: eight bytes of magic, the version (uint32, little-endian), the SHA-256 of what follows, and that:
 * a header as JSON and named tensors, as safetensors hold them. Only what this program has written whole is ever taken.
 */
import { createHash } from 'node:crypto'
import { AppError } from '../../src-shared/contract/errors.js'
import type { JsonValue } from '../../src-shared/model/json.js'
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../src-shared/weights/safetensors.js'

/** The folder of a run that holds its checkpoints. */
export const CHECKPOINTS = 'checkpoint'

export const CHECKPOINT_VERSION = 1

const MAGIC = new TextEncoder().encode('UNBDCKPT')
const VERSION_AT = MAGIC.length
const SUM_AT = VERSION_AT + 4
const SUM_BYTES = 32
const CONTENT_AT = SUM_AT + SUM_BYTES
/** Node reads no larger file at once. */
export const MAX_CHECKPOINT_BYTES = 2 ** 31 - 1

export interface CheckpointContent {
  readonly header: JsonValue
  readonly tensors: Readonly<Record<string, StoredTensor>>
}

/** In parts that are written one after the other. */
export function encodeCheckpoint({ header, tensors }: CheckpointContent): readonly Uint8Array[] {
  const content = encodeSafetensors(tensors, { checkpoint: JSON.stringify(header) })
  const start = new Uint8Array(CONTENT_AT)
  start.set(MAGIC)
  new DataView(start.buffer).setUint32(VERSION_AT, CHECKPOINT_VERSION, true)
  start.set(createHash('sha256').update(content).digest(), SUM_AT)
  return [start, content]
}

/**
 * What is in a file, or in words what is wrong with it. Throws `conflict` for one of a newer version: what that says of a
 * run is not known here, so the run must not be gone on with.
 */
export function decodeCheckpoint(file: Uint8Array): CheckpointContent | { unusable: string } {
  if (file.length < CONTENT_AT) return { unusable: `it has only ${file.length} bytes` }
  if (!MAGIC.every((byte, index) => file[index] === byte)) return { unusable: 'it is no checkpoint' }
  const version = new DataView(file.buffer, file.byteOffset).getUint32(VERSION_AT, true)
  const content = file.subarray(CONTENT_AT)
  const sum = createHash('sha256').update(content).digest()
  if (!sum.every((byte, index) => file[SUM_AT + index] === byte)) {
    return { unusable: 'its checksum does not fit its content' }
  }
  if (version > CHECKPOINT_VERSION) {
    throw new AppError({
      code: 'conflict',
      message: `A newer version of the program has worked on this run: its checkpoint has version ${version}, and this program knows ${CHECKPOINT_VERSION}.`,
      hint: 'Resume it with that version.',
    })
  }
  if (version !== CHECKPOINT_VERSION) return { unusable: `there is no version ${version} of checkpoints` }
  try {
    const { tensors, metadata } = decodeSafetensors(content)
    return { header: JSON.parse(metadata['checkpoint'] ?? '') as JsonValue, tensors }
  } catch (error) {
    return { unusable: (error as Error).message }
  }
}
