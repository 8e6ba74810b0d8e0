import { lossGradients, type LossAndAux } from '../compute/gradients.js'
import type { Augmentation } from '../data/augmentation.js'
import type { Optimizer } from '../compute/optimizers.js'
import type { Step, StepResult } from '../compute/step.js'
import { prefixed, tensorOf, under, type TensorMap } from '../compute/tensor-map.js'
import { softmaxCrossEntropy } from '../kernels/index.js'
import { classify, partitionWeights, type Network } from '../nn/network.js'
import { tf, type Tensor1D, type Tensor4D } from '../tf.js'

/**
 * One step of supervised training on the mean cross-entropy of a batch.
 * State: `weights/*` and `optimizer/*`. Inputs: `images` (batch x height x width x channels, 0..1), `labels` (int32),
 * `learningRate` (scalar), and what the augmentation draws. Output: `loss` (scalar).
 */
export function classifierStep(network: Network, optimizer: Optimizer, augmentation: Augmentation | null = null): Step {
  return (state, inputs) => {
    const weights = under('weights', state)
    return descendWeights(network, optimizer, state, inputs, (parameters) => {
      const given = tensorOf<Tensor4D>(inputs, 'images')
      const images = augmentation === null ? given : augmentation.apply(given, inputs)
      const { logits, statistics } = classify(network, { ...weights, ...parameters }, images, 'batch')
      return { loss: tf.mean(softmaxCrossEntropy(logits, tensorOf<Tensor1D>(inputs, 'labels'))), aux: statistics }
    })
  }
}

/**
 * One optimizer step on the trainable weights of a classifier's state, for any loss. `aux` of the loss are the new
 * running statistics.
 */
export function descendWeights(
  network: Network,
  optimizer: Optimizer,
  state: TensorMap,
  inputs: TensorMap,
  forward: (parameters: TensorMap) => LossAndAux,
): StepResult {
  const { trainable } = partitionWeights(network, under('weights', state))
  const { loss, aux, gradients } = lossGradients(trainable, forward)
  const updated = optimizer.update({
    parameters: trainable,
    gradients,
    slots: under('optimizer', state),
    learningRate: tensorOf(inputs, 'learningRate'),
  })
  return {
    state: { ...prefixed('weights', { ...updated.parameters, ...aux }), ...prefixed('optimizer', updated.slots) },
    outputs: { loss },
  }
}

/** The state such a step starts from. Takes ownership of `weights`. */
export function classifierState(network: Network, weights: TensorMap, optimizer: Optimizer): TensorMap {
  const { trainable } = partitionWeights(network, weights)
  return { ...prefixed('weights', weights), ...prefixed('optimizer', optimizer.initialSlots(trainable)) }
}
