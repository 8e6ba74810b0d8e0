import type { StoredTensor } from './safetensors.js'

/**
 * A tensor of this library in PyTorch's layout: convolutions from height x width x in x out to out x in x height x width
 * (depthwise ones, whose in is 1, alike), linear layers from in x out to out x in; vectors are the same.
 */
export function inPytorchLayout({ shape, values }: StoredTensor): StoredTensor {
  const axes = PYTORCH_AXES[shape.length]
  if (axes === undefined) return { shape, values }
  return transposed({ shape, values }, axes)
}

/** The reverse. */
export function fromPytorchLayout({ shape, values }: StoredTensor): StoredTensor {
  const axes = OUR_AXES[shape.length]
  return axes === undefined ? { shape, values } : transposed({ shape, values }, axes)
}

/** The shape that PyTorch has for a tensor of this library. */
export function pytorchShape(shape: readonly number[]): readonly number[] {
  return PYTORCH_AXES[shape.length]?.map((axis) => shape[axis]!) ?? shape
}

/** Which of our axes each of PyTorch's is, by the number of axes. */
export const PYTORCH_AXES: Readonly<Record<number, readonly number[]>> = { 2: [1, 0], 4: [3, 2, 0, 1] }
/** Which of PyTorch's axes each of ours is. */
const OUR_AXES: Readonly<Record<number, readonly number[]>> = { 2: [1, 0], 4: [2, 3, 1, 0] }

/** @param axes for each axis of the result, which axis of the tensor it is */
function transposed({ shape, values }: StoredTensor, axes: readonly number[]): StoredTensor {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1))
  const lengths = axes.map((axis) => shape[axis]!)
  const steps = axes.map((axis) => strides[axis]!)
  const result = new Float32Array(values.length)
  const place = lengths.map(() => 0)
  let from = 0
  for (let to = 0; to < result.length; to++) {
    result[to] = values[from]!
    // The next place of the result, counted up from its last axis, and where that lies in the tensor.
    for (let axis = lengths.length - 1; axis >= 0; axis--) {
      place[axis] = place[axis]! + 1
      from += steps[axis]!
      if (place[axis]! < lengths[axis]!) break
      from -= steps[axis]! * lengths[axis]!
      place[axis] = 0
    }
  }
  return { shape: lengths, values: result }
}
