import { tf, type Tensor } from '../tf.js'
import { registerComposedKernel, runKernel } from './composed.js'

export const LEAKY_RELU_GRADIENT = 'LeakyReluGradient'

/**
 * Replaces tfjs's gradient of leaky ReLU by one kernel that passes dy where the input is positive, and `alpha` times dy
 * elsewhere. The derivative at 0 is `alpha`, as in PyTorch and TensorFlow.
 */
export function registerLeakyReluGradient(): void {
  registerComposedKernel(LEAKY_RELU_GRADIENT, ({ dy, x }, { alpha }) => [tf.mul(dy!, tf.step(x!, alpha as number))])

  tf.unregisterGradient('LeakyRelu')
  tf.registerGradient({
    kernelName: 'LeakyRelu',
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => {
      const { alpha } = attributes as unknown as { alpha: number }
      return { x: () => runKernel(LEAKY_RELU_GRADIENT, { dy: dy as Tensor, x: x! }, { alpha })[0]! }
    },
  })
}
