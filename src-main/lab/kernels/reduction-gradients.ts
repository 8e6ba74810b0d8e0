import { tf, type Tensor } from '../tf.js'

/**
 * Replaces tfjs's gradients of sum and mean, which multiply with a constant of ones as large as the input, by a broadcast
 * of the same values: a step that is recorded must not carry constants of the size of its data.
 */
export function registerReductionGradients(): void {
  register('Sum', (dy, x, axis) => spread(dy, x, axis))
  register('Mean', (dy, x, axis) => spread(tf.div(dy, x.size / dy.size), x, axis))
}

function register(kernelName: string, gradient: (dy: Tensor, x: Tensor, axis: readonly number[]) => Tensor): void {
  tf.unregisterGradient(kernelName)
  tf.registerGradient({
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => {
      const { axis } = attributes as unknown as { axis: number | number[] | null }
      return { x: () => gradient(dy as Tensor, x!, reducedAxes(axis, x!.rank)) }
    },
  })
}

/** All axes where none is named; negative ones count from the last. */
function reducedAxes(axis: number | number[] | null | undefined, rank: number): number[] {
  const named = axis ?? Array.from({ length: rank }, (_, each) => each)
  return [named].flat().map((each) => (each < 0 ? each + rank : each))
}

function spread(dy: Tensor, x: Tensor, axes: readonly number[]): Tensor {
  const kept = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length))
  return tf.broadcastTo(tf.reshape(dy, kept), x.shape)
}
