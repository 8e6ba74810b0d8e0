/**
 * Sharpness-aware minimisation: Foret, Kleiner, Mobahi and Neyshabur, ICLR 2021 (arXiv 2010.01412); its adaptive form, in
 * which each weight is moved in proportion to its size: Kwon, Kim, Park and Choi, "ASAM", ICML 2021 (arXiv 2102.11600).
 */
import { lossGradients, type LossAndAux } from '../../compute/gradients.js'
import type { Optimizer } from '../../compute/optimizers.js'
import type { Step } from '../../compute/step.js'
import { mapTensors, prefixed, tensorOf, under, type TensorMap } from '../../compute/tensor-map.js'
import type { Augmentation } from '../../data/augmentation.js'
import { softmaxCrossEntropy } from '../../kernels/index.js'
import { classify, partitionWeights, type Network } from '../../nn/network.js'
import { tf, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D } from '../../tf.js'

export interface SamOptions {
  /** How far weights are moved up the loss before the gradient is taken. */
  readonly radius: number
  readonly isAdaptive: boolean
  /** Share (0..1) of each label that is spread over all classes. */
  readonly labelSmoothing: number
  readonly augmentation: Augmentation | null
}

const TINY = 1e-12

/**
 * State, inputs and output as of `classifierStep`. The running statistics follow the first of the two passes, at the weights
 * themselves.
 */
export function samStep(network: Network, optimizer: Optimizer, options: SamOptions): Step {
  const { radius, isAdaptive, labelSmoothing, augmentation } = options
  return (state, inputs) => {
    const weights = under('weights', state)
    const { trainable } = partitionWeights(network, weights)
    const given = tensorOf<Tensor4D>(inputs, 'images')
    const images = augmentation === null ? given : augmentation.apply(given, inputs)
    const labels = tensorOf<Tensor1D>(inputs, 'labels')
    const forward = (parameters: TensorMap): LossAndAux => {
      const { logits, statistics } = classify(network, { ...weights, ...parameters }, images, 'batch')
      return { loss: smoothedLoss(logits, labels, labelSmoothing), aux: statistics }
    }
    const here = lossGradients(trainable, forward)
    const uphill = climb(trainable, here.gradients, radius, isAdaptive)
    const { gradients } = lossGradients(uphill, forward)
    const updated = optimizer.update({
      parameters: trainable,
      gradients,
      slots: under('optimizer', state),
      learningRate: tensorOf(inputs, 'learningRate'),
    })
    return {
      state: {
        ...prefixed('weights', { ...updated.parameters, ...here.aux }),
        ...prefixed('optimizer', updated.slots),
      },
      outputs: { loss: here.loss },
    }
  }
}

/** w + radius w^2 g / || |w| g ||, or without the w where it is not adaptive. */
function climb(weights: TensorMap, gradients: TensorMap, radius: number, isAdaptive: boolean): TensorMap {
  const squares = Object.entries(weights).map(([name, weight]) => {
    const gradient = tensorOf(gradients, name)
    return tf.sum(tf.square(isAdaptive ? tf.mul(weight, gradient) : gradient))
  })
  const norm = tf.sqrt(tf.addN(squares))
  const scale = tf.div(radius, tf.add(norm, TINY))
  return mapTensors(weights, (weight, name) => {
    const direction = tf.mul(tensorOf(gradients, name), scale)
    return tf.add(weight, isAdaptive ? tf.mul(tf.square(weight), direction) : direction)
  })
}

/** Mean cross-entropy with labels of which a share is spread evenly over all classes. */
function smoothedLoss(logits: Tensor2D, labels: Tensor1D, smoothing: number): Tensor {
  const exact = tf.mean(softmaxCrossEntropy(logits, labels))
  if (smoothing === 0) return exact
  const even = tf.neg(tf.mean(tf.logSoftmax(logits)))
  return tf.add(tf.mul(exact, 1 - smoothing), tf.mul(even, smoothing))
}
