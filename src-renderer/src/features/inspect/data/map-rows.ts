import type { CsvCell } from '../../../../../src-shared/util/csv.js'

/** The values of a map of `width` columns, one a row of a table, each behind what it is of. */
export function mapRows(origin: readonly CsvCell[], values: Float32Array, width: number): CsvCell[][] {
  return Array.from(values, (value, at) => [...origin, Math.floor(at / width), at % width, value])
}
