import type { Augmentation } from '../../data/augmentation.js'
import type { Optimizer } from '../../compute/optimizers.js'
import type { Step } from '../../compute/step.js'
import { tensorOf, under } from '../../compute/tensor-map.js'
import { softmaxCrossEntropy } from '../../kernels/index.js'
import { classify, type Network } from '../../nn/network.js'
import { tf, type Tensor, type Tensor1D, type Tensor4D } from '../../tf.js'
import { descendWeights } from '../../training/classifier-step.js'

export interface TrappedLoss {
  /** Which images are kept from being learned further: each by itself, or the mean of the batch. */
  readonly kind: 'local-gradient-ascent' | 'flooding'
  /** Cross-entropy (nats) that it is kept at. */
  readonly gamma: number
}

/**
 * What is descended while poisoned images are told apart (section 3.2). Local gradient ascent: mean sign(l - gamma) * l,
 * so that images below gamma are driven up again. Flooding (Ishida et al., ICML 2020): |mean l - gamma| + gamma.
 * @param perImage cross-entropy of each image
 */
function trappedLoss({ kind, gamma }: TrappedLoss, perImage: Tensor1D): Tensor {
  if (kind === 'flooding') return tf.add(tf.abs(tf.sub(tf.mean(perImage), gamma)), gamma)
  return tf.mean(tf.mul(tf.sign(tf.sub(perImage, gamma)), perImage))
}

/** One step of training on it. State, inputs and output as of `classifierStep`, without masks. */
export function isolationStep(
  network: Network,
  loss: TrappedLoss,
  optimizer: Optimizer,
  augmentation: Augmentation | null,
): Step {
  return (state, inputs) => {
    const given = tensorOf<Tensor4D>(inputs, 'images')
    const images = augmentation === null ? given : augmentation.apply(given, inputs)
    return descendWeights(network, optimizer, state, inputs, (parameters) => {
      const weights = { ...under('weights', state), ...parameters }
      const { logits, statistics } = classify(network, weights, images, 'batch')
      const perImage = softmaxCrossEntropy(logits, tensorOf<Tensor1D>(inputs, 'labels'))
      return { loss: trappedLoss(loss, perImage), aux: statistics }
    })
  }
}

/**
 * One step of global gradient ascent (section 3.2): descend the cross-entropy of trusted images less that of isolated
 * ones, in one batch.
 * State: `weights/*`, `optimizer/*`. Inputs: `images` (0..1), `labels` (int32), `factors` (of the cross-entropy of each:
 * below 0 for the isolated), `learningRate`. Output: `loss`.
 */
export function globalAscentStep(network: Network, optimizer: Optimizer): Step {
  return (state, inputs) =>
    descendWeights(network, optimizer, state, inputs, (parameters) => {
      const weights = { ...under('weights', state), ...parameters }
      const { logits, statistics } = classify(network, weights, tensorOf<Tensor4D>(inputs, 'images'), 'batch')
      const perImage = softmaxCrossEntropy(logits, tensorOf<Tensor1D>(inputs, 'labels'))
      return { loss: tf.sum(tf.mul(perImage, tensorOf(inputs, 'factors'))), aux: statistics }
    })
}
