import { lossGradients, type LossAndAux } from '../compute/gradients.js'
import type { Augmentation } from '../data/augmentation.js'
import type { Optimizer } from '../compute/optimizers.js'
import type { Step, StepResult } from '../compute/step.js'
import { mapTensors, prefixed, tensorOf, under, type TensorMap } from '../compute/tensor-map.js'
import { softmaxCrossEntropy } from '../kernels/index.js'
import { classify, partitionWeights, type Network } from '../nn/network.js'
import { tf, type Tensor1D, type Tensor4D } from '../tf.js'

/** Which trainable weights the gradient changes, by name; the others stay. */
export type WeightChoice = (name: string) => boolean

const everyWeight: WeightChoice = () => true

export interface ClassifierStepOptions {
  readonly augmentation?: Augmentation | null
  readonly isTrained?: WeightChoice
}

/**
 * One step of supervised training on the mean cross-entropy of a batch.
 * State: `weights/*`, `optimizer/*` and, for pruned weights, `masks/*`: factors (0 or 1) of the weights of these names.
 * Inputs: `images` (batch x height x width x channels, 0..1), `labels` (int32), `learningRate` (scalar), and what the
 * augmentation draws. Output: `loss` (scalar).
 */
export function classifierStep(
  network: Network,
  optimizer: Optimizer,
  { augmentation = null, isTrained = everyWeight }: ClassifierStepOptions = {},
): Step {
  return (state, inputs) => {
    const weights = under('weights', state)
    const masks = under('masks', state)
    const forward = (parameters: TensorMap): LossAndAux => {
      const given = tensorOf<Tensor4D>(inputs, 'images')
      const images = augmentation === null ? given : augmentation.apply(given, inputs)
      const { logits, statistics } = classify(network, masked({ ...weights, ...parameters }, masks), images, 'batch')
      return { loss: tf.mean(softmaxCrossEntropy(logits, tensorOf<Tensor1D>(inputs, 'labels'))), aux: statistics }
    }
    return descendWeights(network, optimizer, state, inputs, forward, isTrained)
  }
}

/** Pruned weights start at 0 and get no gradient, hence stay there. */
function masked(weights: TensorMap, masks: TensorMap): TensorMap {
  return { ...weights, ...mapTensors(masks, (mask, name) => tf.mul(tensorOf(weights, name), mask)) }
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
  isTrained: WeightChoice = everyWeight,
): StepResult {
  const trainable = trainedWeights(network, under('weights', state), isTrained)
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
export function classifierState(
  network: Network,
  weights: TensorMap,
  optimizer: Optimizer,
  isTrained: WeightChoice = everyWeight,
): TensorMap {
  const slots = optimizer.initialSlots(trainedWeights(network, weights, isTrained))
  return { ...prefixed('weights', weights), ...prefixed('optimizer', slots) }
}

function trainedWeights(network: Network, weights: TensorMap, isTrained: WeightChoice): TensorMap {
  const { trainable } = partitionWeights(network, weights)
  return Object.fromEntries(Object.entries(trainable).filter(([name]) => isTrained(name)))
}
