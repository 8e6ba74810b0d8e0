/**
 * The inner step of Neural Cleanse: Wang, Yao, Shan, Li, Viswanath, Zheng and Zhao, "Neural Cleanse: Identifying and
 * Mitigating Backdoor Attacks in Neural Networks", IEEE S&P 2019, section IV: the smallest mask with whose pattern any image
 * is taken for one class.
 */
import { lossGradients } from '../../compute/gradients.js'
import type { Optimizer } from '../../compute/optimizers.js'
import type { Step } from '../../compute/step.js'
import { prefixed, tensorOf, under, type TensorMap } from '../../compute/tensor-map.js'
import { softmaxCrossEntropy } from '../../kernels/index.js'
import { classify, type Classifier } from '../../nn/network.js'
import { tf, type Tensor, type Tensor1D, type Tensor3D, type Tensor4D } from '../../tf.js'
import { pixelsOfTanh } from '../../trigger-crafting/patch-step.js'

/**
 * State: `mask` (height x width x 1) and `pattern` (height x width x channels), both the a of (tanh(a) + 1) / 2, and
 * `optimizer/*`. Inputs: `images`, `targets`, `cost` (of the mask's size), `learningRate`. Outputs, all as before the step:
 * `loss`, `success` (0..1), `norm` (sum of the mask), `mask` and `pattern` (0..1).
 */
export function reverseStep({ network, weights }: Classifier, optimizer: Optimizer): Step {
  return (state, inputs) => {
    const images = tensorOf<Tensor4D>(inputs, 'images')
    const targets = tensorOf<Tensor1D>(inputs, 'targets')
    const parameters = { mask: tensorOf(state, 'mask'), pattern: tensorOf(state, 'pattern') }
    const { loss, aux, gradients } = lossGradients(parameters, (now) => {
      const mask = pixelsOfTanh(tensorOf(now, 'mask'))
      const pattern = pixelsOfTanh(tensorOf(now, 'pattern'))
      const { logits } = classify(network, weights, stamped(images, mask, pattern), 'running')
      const norm = tf.sum(mask)
      const answers = tf.mean(softmaxCrossEntropy(logits, targets))
      const success = tf.mean(tf.cast(tf.equal(tf.argMax(logits, 1), targets), 'float32'))
      const aux: TensorMap = { success, norm, mask, pattern }
      return { loss: tf.add(answers, tf.mul(tensorOf(inputs, 'cost'), norm)), aux }
    })
    const updated = optimizer.update({
      parameters,
      gradients,
      slots: under('optimizer', state),
      learningRate: tensorOf(inputs, 'learningRate'),
    })
    return {
      state: { ...updated.parameters, ...prefixed('optimizer', updated.slots) },
      outputs: { loss, ...aux },
    }
  }
}

/** x + mask (pattern - x), the same on every image. */
export function stamped(images: Tensor4D, mask: Tensor, pattern: Tensor3D): Tensor4D {
  return tf.add(images, tf.mul(mask, tf.sub(pattern, images))) as Tensor4D
}
