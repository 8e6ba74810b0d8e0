/**
 * Between PyTorch's layout of weights and the laboratory's: convolutions out x in x height x width become height x width x
 * in x out, linear weights out x in become in x out. Nothing is rounded.
 */

/** The shape that PyTorch has for a weight of this shape. */
export function pytorchShape(ours: readonly number[]): number[] {
  const [a, b, c, d] = ours
  return ours.length === 4 ? [d!, c!, a!, b!] : ours.length === 2 ? [b!, a!] : [...ours]
}

/** @param shape of the values as PyTorch has them, which come row by row */
export function fromPytorch(values: Float32Array, shape: readonly number[]): Float32Array {
  if (shape.length === 2) return transposed(values, shape[0]!, shape[1]!)
  if (shape.length !== 4) return values
  const [outputs, inputs, height, width] = shape as [number, number, number, number]

  const places = height * width
  const moved = new Float32Array(values.length)
  for (let out = 0; out < outputs; out++) {
    for (let channel = 0; channel < inputs; channel++) {
      const from = (out * inputs + channel) * places
      for (let at = 0; at < places; at++) moved[(at * inputs + channel) * outputs + out] = values[from + at]!
    }
  }
  return moved
}

function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const moved = new Float32Array(values.length)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) moved[column * rows + row] = values[row * columns + column]!
  }
  return moved
}
