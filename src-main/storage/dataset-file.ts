/**
 * A stored dataset: one file that is read by one call. Eight bytes that name the format, four with the header's length
 * (little-endian), the header as JSON, spaces up to a multiple of 64, then training labels, test labels, training
 * images, test images: one byte per label and per pixel channel, images row by row, channels last.
 */
import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync, fstatSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { AppError } from '../../src-shared/contract/errors.js'
import { DATASET_FORMAT, DATASET_VERSION, StoredDataset } from '../../src-shared/model/dataset.js'
import { parseVersioned, type FileForm } from './versioned-file.js'
import { writeWhole } from './write-whole.js'

const MAGIC = 'UNBKDATA'
const PREFIX_BYTES = MAGIC.length + 4
const ALIGNMENT = 64
const FORM: FileForm = { format: DATASET_FORMAT, version: DATASET_VERSION, title: 'a stored dataset' }
const MAX_HEADER_BYTES = 1_000_000

export const DATASET_FILE_ENDING = '.dataset'

/** The bytes behind the header, as one block and by part; the parts share the block. */
export interface DatasetBytes {
  readonly all: Uint8Array
  readonly trainLabels: Uint8Array
  readonly testLabels: Uint8Array
  readonly trainPixels: Uint8Array
  readonly testPixels: Uint8Array
}

export type DatasetForm = Pick<StoredDataset, 'shape' | 'trainImages' | 'testImages'>

/** Room for a dataset of this form, filled with zeros. */
export function allocateDataset(form: DatasetForm): DatasetBytes {
  return partsOf(form, new Uint8Array(bytesOf(form)))
}

/** Writes the dataset whole or not at all, and returns its header. */
export async function writeDataset(
  path: string,
  header: Omit<StoredDataset, 'sha256'>,
  { all }: DatasetBytes,
): Promise<StoredDataset> {
  const complete = StoredDataset.parse({ ...header, sha256: createHash('sha256').update(all).digest('hex') })
  const text = new TextEncoder().encode(JSON.stringify(complete))
  const length = Math.ceil((PREFIX_BYTES + text.length) / ALIGNMENT) * ALIGNMENT - PREFIX_BYTES
  const head = new Uint8Array(PREFIX_BYTES + length).fill(0x20)
  head.set(new TextEncoder().encode(MAGIC))
  new DataView(head.buffer).setUint32(MAGIC.length, length, true)
  head.set(text, PREFIX_BYTES)
  await writeWhole(path, [head, all])
  return complete
}

/** The header alone. Null where there is no such file. Throws `storage` for a file that is not a whole dataset. */
export function readDatasetHeader(path: string): StoredDataset | null {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw unreadable(path, (cause as Error).message, cause)
  }
  try {
    const { size } = fstatSync(file)
    const prefix = new Uint8Array(PREFIX_BYTES)
    readSync(file, prefix, 0, PREFIX_BYTES, 0)
    const head = new Uint8Array(PREFIX_BYTES + headerLength(path, prefix, size))
    readSync(file, head, 0, head.length, 0)
    return parseHead(path, head, size)
  } finally {
    closeSync(file)
  }
}

/** The whole dataset. Throws `data-missing` where there is none, `storage` where its bytes are not what was written. */
export async function readDataset(path: string): Promise<{ info: StoredDataset; bytes: DatasetBytes }> {
  const file = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') throw new AppError({ code: 'data-missing', message: `There is no ${path}.` })
    throw unreadable(path, cause.message, cause)
  })
  const length = headerLength(path, file, file.length)
  const info = parseHead(path, file.subarray(0, PREFIX_BYTES + length), file.length)
  const all = file.subarray(PREFIX_BYTES + length)
  if (createHash('sha256').update(all).digest('hex') !== info.sha256) {
    throw unreadable(path, 'its bytes have changed since they were written')
  }
  return { info, bytes: partsOf(info, all) }
}

function headerLength(path: string, head: Uint8Array, fileSize: number): number {
  const isDataset = fileSize >= PREFIX_BYTES && new TextDecoder().decode(head.subarray(0, MAGIC.length)) === MAGIC
  if (!isDataset) throw unreadable(path, 'it does not begin as a stored dataset')
  const length = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(MAGIC.length, true)
  if (length > Math.min(MAX_HEADER_BYTES, fileSize - PREFIX_BYTES)) {
    throw unreadable(path, `its header claims ${length} of ${fileSize - PREFIX_BYTES} bytes`)
  }
  return length
}

function parseHead(path: string, head: Uint8Array, fileSize: number): StoredDataset {
  const header = parseVersioned(
    path,
    FORM,
    StoredDataset,
    parseJson(new TextDecoder().decode(head.subarray(PREFIX_BYTES))),
  )
  const expected = head.length + bytesOf(header)
  if (fileSize !== expected) throw unreadable(path, `it has ${fileSize} bytes where its header promises ${expected}`)
  return header
}

function bytesOf({ shape, trainImages, testImages }: DatasetForm): number {
  return (trainImages + testImages) * (1 + shape.height * shape.width * shape.channels)
}

function partsOf({ trainImages, testImages, shape }: DatasetForm, all: Uint8Array): DatasetBytes {
  const labels = trainImages + testImages
  const trainPixels = trainImages * shape.height * shape.width * shape.channels
  return {
    all,
    trainLabels: all.subarray(0, trainImages),
    testLabels: all.subarray(trainImages, labels),
    trainPixels: all.subarray(labels, labels + trainPixels),
    testPixels: all.subarray(labels + trainPixels),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The schema that follows refuses it with a better message than the parser's.
    return undefined
  }
}

function unreadable(path: string, why: string, cause?: unknown): AppError {
  return new AppError(
    {
      code: 'storage',
      message: `The stored dataset ${path} cannot be used: ${why}.`,
      hint: 'Remove it and import it again: npm run -s cli -- datasets remove ID',
    },
    { cause },
  )
}
