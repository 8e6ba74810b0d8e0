import { tf, type Tensor } from '../tf.js'
import { registerComposedKernel, runKernel } from './composed.js'

export const RELU_GRADIENT = 'ReluGradient'

/**
 * Replaces tfjs's gradient of ReLU, which passes five times over every activation, by one kernel that passes dy where
 * the output is positive. The derivative at 0 is 0, as in PyTorch and TensorFlow.
 */
export function registerReluGradient(): void {
  registerComposedKernel(RELU_GRADIENT, ({ dy, y }) => [tf.mul(dy!, tf.step(y!))])

  tf.unregisterGradient('Relu')
  tf.registerGradient({
    kernelName: 'Relu',
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({ x: () => runKernel(RELU_GRADIENT, { dy: dy as Tensor, y: y! })[0]! }),
  })
}
