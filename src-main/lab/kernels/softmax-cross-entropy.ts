import { tf, type Tensor, type Tensor1D, type Tensor2D } from '../tf.js'
import { registerComposedKernel, runKernel } from './composed.js'

export const SOFTMAX_CROSS_ENTROPY = 'SparseSoftmaxCrossEntropy'

/**
 * Cross-entropy of softmax(logits) with one true class per image; value and gradient come from one kernel.
 * @param logits batch x classes
 * @param labels int32, one class number per image
 * @returns one loss per image, in nats
 */
export function softmaxCrossEntropy(logits: Tensor2D, labels: Tensor1D): Tensor1D {
  return runKernel(SOFTMAX_CROSS_ENTROPY, { logits, labels })[0] as Tensor1D
}

export function registerSoftmaxCrossEntropy(): void {
  registerComposedKernel(SOFTMAX_CROSS_ENTROPY, ({ logits, labels }) => {
    const logProbabilities = tf.logSoftmax(logits!)
    const oneHot = tf.oneHot(labels!, logits!.shape[1]!).toFloat()
    const losses = tf.neg(tf.sum(tf.mul(logProbabilities, oneHot), 1))
    return [losses, tf.sub(tf.exp(logProbabilities), oneHot)]
  })

  tf.registerGradient({
    kernelName: SOFTMAX_CROSS_ENTROPY,
    outputsToSave: [false, true],
    gradFunc: (dys, [gradient]) => ({
      logits: () => tf.mul(gradient!, tf.expandDims((dys as Tensor[])[0]!, 1)),
    }),
  })
}
