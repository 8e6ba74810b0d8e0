/**
 * Inputs and weights of the golden tests, the same here and in make-golden.py without a file between them: bits hashed
 * from a label and an index, in exact integer arithmetic, so that both languages arrive at the very same float32.
 */
import { tf, type Tensor, type Tensor1D } from '../../src-main/lab/tf.js'

type Shape = readonly number[]

/** 32 random-looking bits for each index: FNV-1a of the label, then MurmurHash3's finalizer. */
function hashes(label: string, count: number): Uint32Array {
  let seed = 0x811c9dc5
  for (const character of label) seed = Math.imul(seed ^ character.charCodeAt(0), 0x01000193)
  return Uint32Array.from({ length: count }, (_, i) => {
    let h = Math.imul(i, 0x9e3779b9) + seed
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    return h ^ (h >>> 16)
  })
}

/** offset + scale * u, with u evenly spread over -1..1. */
export function fillValues(label: string, count: number, scale = 1, offset = 0): Float32Array {
  return Float32Array.from(hashes(label, count), (hash) => offset + scale * (hash / 2 ** 31 - 1))
}

export function fill<T extends Tensor = Tensor>(label: string, shape: Shape, scale = 1, offset = 0): T {
  return tf.tensor(fillValues(label, sizeOf(shape), scale, offset), [...shape]) as T
}

/** Values in 0..1. */
export function pixels<T extends Tensor = Tensor>(label: string, shape: Shape): T {
  return fill<T>(label, shape, 0.5, 0.5)
}

/** Whole numbers in 0..below-1. */
export function fillInts(label: string, count: number, below: number): Tensor1D {
  return tf.tensor1d(
    Int32Array.from(hashes(label, count), (hash) => hash % below),
    'int32',
  )
}

/** A weight by its name and shape: spread so that layers keep the size of what passes through them. */
export function fillWeight(label: string, shape: Shape): Tensor {
  const vector = shape.length === 1
  if (label.endsWith('running_var') || (vector && label.endsWith('weight'))) return fill(label, shape, 0.5, 1)
  return vector ? fill(label, shape, 0.5) : fill(label, shape, Math.sqrt(3 / sizeOf(shape.slice(0, -1))))
}

function sizeOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1)
}
