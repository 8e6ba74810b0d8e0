/** Values of an inspection as files that say what they are of: NPZ for NumPy, CSV for tables. */
import { valuesOf, type ArrayBlock } from '../model/array-block.js'
import type { JsonValue } from '../model/json.js'
import { csvText } from '../util/csv.js'
import { utf8 } from '../util/utf8.js'
import { zipStored } from '../util/zip-store.js'

const NPY_MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]
const NPY_ALIGNMENT = 64
const dtypes = { uint8: '|u1', int32: '<i4', float32: '<f4' } as const

/**
 * Named arrays for `numpy.load`. `about` (run, samples, settings) lies beside them as JSON, in the array "about" of its
 * bytes: `json.loads(bytes(file['about']))`.
 */
export function npzOf(arrays: Readonly<Record<string, ArrayBlock>>, about: JsonValue): Uint8Array<ArrayBuffer> {
  const text = utf8(JSON.stringify(about, null, 2))
  return zipStored([
    { name: 'about.npy', content: npy('|u1', [text.length], text) },
    ...Object.entries(arrays).map(([name, block]) => {
      const { buffer, byteOffset, byteLength } = valuesOf(block)
      return {
        name: `${name}.npy`,
        content: npy(dtypes[block.dtype], block.shape, new Uint8Array(buffer, byteOffset, byteLength)),
      }
    }),
  ])
}

/** NumPy's format, version 1.0. */
function npy(dtype: string, shape: readonly number[], bytes: Uint8Array): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const header = `{'descr': '${dtype}', 'fortran_order': False, 'shape': ${tuple}, }`
  const before = NPY_MAGIC.length + 2
  const length = Math.ceil((before + header.length + 1) / NPY_ALIGNMENT) * NPY_ALIGNMENT - before
  const text = utf8(`${header.padEnd(length - 1)}\n`)
  return Uint8Array.from([...NPY_MAGIC, length & 255, length >>> 8, ...text, ...bytes])
}

/** What a table is of, in lines that begin with `#`. */
export function commentLines(about: Readonly<Record<string, JsonValue>>): string {
  return Object.entries(about)
    .map(([name, value]) => `# ${name}: ${JSON.stringify(value)}\n`)
    .join('')
}

/** A table under lines that begin with `#` and say what it is of. Numbers that are not known are left empty. */
export function csvOf(
  columns: Readonly<Record<string, ArrayLike<number | string>>>,
  about: Readonly<Record<string, JsonValue>>,
): string {
  const names = Object.keys(columns)
  const rows = Math.max(0, ...Object.values(columns).map(({ length }) => length))
  const cell = (value: number | string | undefined): string =>
    value === undefined || Number.isNaN(value) ? '' : String(value)
  const body = Array.from({ length: rows }, (_, row) => names.map((name) => cell(columns[name]![row])))
  return `${commentLines(about)}${csvText([names, ...body])}`
}
