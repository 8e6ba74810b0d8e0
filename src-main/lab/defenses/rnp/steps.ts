import { lossGradients } from '../../compute/gradients.js'
import type { Optimizer } from '../../compute/optimizers.js'
import type { Step } from '../../compute/step.js'
import { mapTensors, prefixed, tensorOf, under, type TensorMap } from '../../compute/tensor-map.js'
import { softmaxCrossEntropy } from '../../kernels/index.js'
import { classify, type Network } from '../../nn/network.js'
import { tf, type Tensor1D, type Tensor4D } from '../../tf.js'
import { descendWeights } from '../../training/classifier-step.js'

/**
 * One step of unlearning at the level of neurons (section 3.2): ascend the cross-entropy on clean images.
 * State: `weights/*`, `optimizer/*`. Inputs: `images` (0..1), `labels` (int32), `learningRate`. Output: `loss`, the
 * negative cross-entropy.
 */
export function ascentStep(network: Network, optimizer: Optimizer): Step {
  return (state, inputs) =>
    descendWeights(network, optimizer, state, inputs, (parameters) => {
      const weights = { ...under('weights', state), ...parameters }
      const { logits, statistics } = classify(network, weights, tensorOf<Tensor4D>(inputs, 'images'), 'batch')
      const crossEntropy = tf.mean(softmaxCrossEntropy(logits, tensorOf<Tensor1D>(inputs, 'labels')))
      return { loss: tf.neg(crossEntropy), aux: statistics }
    })
}

/**
 * One step of recovering at the level of filters (section 3.2): the masks descend alpha * CE on clean images, and are held
 * in 0..1. The weights stay.
 * State: `weights/*`, `masks/*` (one factor a channel, by batch normalisation), `optimizer/*`. Inputs: `images` (0..1),
 * `labels` (int32), `learningRate`. Output: `loss`.
 */
export function maskStep(network: Network, alpha: number, optimizer: Optimizer): Step {
  return (state, inputs) => {
    const weights = under('weights', state)
    const { loss, gradients } = lossGradients(under('masks', state), (masks) => {
      const images = tensorOf<Tensor4D>(inputs, 'images')
      const { logits } = classify(network, maskChannels(weights, masks), images, 'batch')
      const crossEntropy = tf.mean(softmaxCrossEntropy(logits, tensorOf<Tensor1D>(inputs, 'labels')))
      return { loss: tf.mul(crossEntropy, alpha) }
    })
    const updated = optimizer.update({
      parameters: under('masks', state),
      gradients,
      slots: under('optimizer', state),
      learningRate: tensorOf(inputs, 'learningRate'),
    })
    const held = mapTensors(updated.parameters, (mask) => tf.clipByValue(mask, 0, 1))
    return { state: { ...prefixed('masks', held), ...prefixed('optimizer', updated.slots) }, outputs: { loss } }
  }
}

/** The weights with the scale of each channel multiplied by its mask. */
function maskChannels(weights: TensorMap, masks: TensorMap): TensorMap {
  const scales = Object.entries(masks).map(([layer, mask]) => {
    const name = `${layer}.weight`
    return [name, tf.mul(tensorOf(weights, name), mask)] as const
  })
  return { ...weights, ...Object.fromEntries(scales) }
}
