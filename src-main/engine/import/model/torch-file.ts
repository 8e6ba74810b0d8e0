/**
 * Files of torch.save: since PyTorch 1.6 a zip archive of a pickle and one entry per storage, before that several pickles
 * and the storages one after the other (torch/serialization.py says what is in them).
 */
import { badFile } from '../bad-file.js'
import type { ImportLimits } from '../limits.js'
import { readPickleAt } from '../pickle/read-pickle.js'
import { itemsOf, PickleDict, PickleStorage, PickleTensor, textOf, type PickleValue } from '../pickle/values.js'
import { isTar } from '../tar.js'
import { isZip, readZip } from '../zip.js'
import { stridedTensor, type FileTensor } from './file-tensor.js'
import { STORAGE_BYTES } from './numbers.js'

const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn
/** The same as a pickle holds it, behind its first operations. */
const MAGIC_BYTES = Buffer.from('6cfc9c46f9206aa85019', 'hex')
const MAGIC_WITHIN = 32
const LEGACY_PROTOCOL = 1001
const PICKLE = 'data.pkl'

export interface TorchFile {
  readonly value: PickleValue
  /** A tensor of the value. */
  open(tensor: PickleTensor): FileTensor
}

/** The bytes of a storage. Throws in words where they are not there or not as many as promised. */
type Storages = (storage: PickleStorage) => Uint8Array

/** Throws `invalid-input` that names the file, what is wrong, and where. */
export function readTorchFile(bytes: Uint8Array, file: string, limits: ImportLimits): TorchFile {
  const { value, storages } = isZip(bytes) ? readZipLayout(bytes, file, limits) : readLegacyLayout(bytes, file)
  return {
    value,
    open: (tensor) => stridedTensor(() => storages(tensor.storage), tensor.storage.type, tensor),
  }
}

/** Whether the file begins as one of torch.save does. */
export function isTorchFile(bytes: Uint8Array): boolean {
  return isZip(bytes) || isTar(bytes) || Buffer.from(bytes.subarray(0, MAGIC_WITHIN)).includes(MAGIC_BYTES)
}

function readZipLayout(bytes: Uint8Array, file: string, limits: ImportLimits) {
  const entries = readZip(bytes, file, limits)
  const pickles = entries.filter(({ path }) => path === PICKLE || /^[^/]+\/data[.]pkl$/.test(path))
  const [pickle] = pickles
  if (pickle === undefined || pickles.length > 1) {
    throw badFile(file, `is a zip archive with ${pickles.length} entries "${PICKLE}", and torch.save writes one`)
  }
  const root = pickle.path.slice(0, -PICKLE.length)
  const byPath = new Map(entries.map((entry) => [entry.path, entry]))
  const order = byPath.get(`${root}byteorder`)
  if (order !== undefined && new TextDecoder().decode(order.read()) !== 'little') {
    throw badFile(file, 'was written by a big-endian machine, which is not read')
  }
  const content = pickle.read()
  const { value, end } = readPickleAt(content, 0, `${file}: ${pickle.path}`)
  if (end !== content.length) throw badFile(`${file}: ${pickle.path}`, 'has more behind its end', end)
  const storages: Storages = ({ key, type, count }) => {
    const path = `${root}data/${key}`
    const entry = byPath.get(path)
    if (entry === undefined) throw badFile(file, `the storage ${path} is missing`)
    const wanted = count * STORAGE_BYTES[type]
    if (entry.size !== wanted) {
      throw badFile(file, `the storage ${path} has ${entry.size} bytes where ${count} x ${type} need ${wanted}`)
    }
    return entry.read()
  }
  return { value, storages }
}

function readLegacyLayout(bytes: Uint8Array, file: string) {
  if (isTar(bytes)) {
    throw badFile(
      file,
      'was saved by a PyTorch of before 2017, whose files are not read; load and save it with a newer one',
    )
  }
  let at = 0
  const next = (): PickleValue => {
    const { value, end } = readPickleAt(bytes, at, file)
    at = end
    return value
  }
  if (next() !== LEGACY_MAGIC) throw badFile(file, 'does not begin as files of PyTorch do', 0)
  if (next() !== LEGACY_PROTOCOL) throw badFile(file, 'is of an unknown version of the older layout of PyTorch', at)
  const system = next()
  if (!(system instanceof PickleDict) || system.get('little_endian') !== true) {
    throw badFile(file, 'was written by a big-endian machine, which is not read', at)
  }
  const value = next()
  const keys = itemsOf(next())
  if (keys === null) throw badFile(file, 'has no list of its storages', at)
  const places = new Map<string, { at: number; count: number }>()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

  // They lie one after the other, and only the pickle says how long the elements of each are.
  const sizes = storageSizes(value)
  let position = at
  for (const item of keys) {
    const key = textOf(item)
    const elementBytes = key === null ? undefined : sizes.get(key)
    if (key === null || elementBytes === undefined) {
      throw badFile(file, 'has a storage that no tensor is in, so that its size is not known', position)
    }
    if (position + 8 > bytes.length) throw badFile(file, `is cut off before the storage "${key}"`, position)
    const count = view.getBigUint64(position, true)
    const left = bytes.length - position - 8
    if (count > BigInt(Math.floor(left / elementBytes))) {
      throw badFile(file, `is cut off: the storage "${key}" claims ${count} numbers, ${left} bytes are left`, position)
    }
    places.set(key, { at: position + 8, count: Number(count) })
    position += 8 + Number(count) * elementBytes
  }
  const storages: Storages = (storage) => {
    const found = places.get(storage.key)
    if (found === undefined) throw badFile(file, `the storage "${storage.key}" is missing`)
    if (found.count !== storage.count) {
      throw badFile(
        file,
        `the storage "${storage.key}" has ${found.count} numbers where ${storage.count} are named`,
        found.at,
      )
    }
    return bytes.subarray(found.at, found.at + found.count * STORAGE_BYTES[storage.type])
  }
  return { value, storages }
}

/** Bytes of an element of every storage that a value names, by its key. */
function storageSizes(value: PickleValue): Map<string, number> {
  const sizes = new Map<string, number>()
  const seen = new Set<PickleValue>()
  const waiting: PickleValue[] = [value]
  for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
    if (each === null || typeof each !== 'object' || seen.has(each)) continue
    seen.add(each)
    if (each instanceof PickleTensor) sizes.set(each.storage.key, STORAGE_BYTES[each.storage.type])
    else if (each instanceof PickleStorage) sizes.set(each.key, STORAGE_BYTES[each.type])
    else if (each instanceof PickleDict) for (const held of each.entries.values()) waiting.push(held)
    else for (const held of itemsOf(each) ?? []) waiting.push(held)
  }
  return sizes
}
