import type { StorageType } from '../pickle/values.js'
import { numberReader } from './numbers.js'

/** A tensor of a file that is read when it is asked for. */
export interface FileTensor {
  readonly shape: readonly number[]
  /** Row by row. */
  values(): Float32Array
}

/** @param strides in elements, from `offset` on */
export function stridedTensor(
  bytes: () => Uint8Array,
  type: StorageType,
  { offset, shape, strides }: { offset: number; shape: readonly number[]; strides: readonly number[] },
): FileTensor {
  return {
    shape,
    values() {
      const read = numberReader(bytes(), type)
      const values = new Float32Array(shape.reduce((product, size) => product * size, 1))
      const position = shape.map(() => 0)
      let from = offset
      for (let to = 0; to < values.length; to++) {
        values[to] = read(from)
        // To the next position, the last axis first.
        for (let axis = shape.length - 1; axis >= 0; axis--) {
          from += strides[axis]!
          position[axis]! += 1
          if (position[axis]! < shape[axis]!) break
          from -= strides[axis]! * shape[axis]!
          position[axis] = 0
        }
      }
      return values
    },
  }
}

/** Strides of numbers that lie row by row. */
export function rowByRow(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1)
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!
  return strides
}
