/**
 * Which inner neurons a trigger is to excite. Liu, Ma, Aafer, Lee, Zhai, Wang and Zhang, "Trojaning Attack on Neural
 * Networks" (TrojanNN), NDSS 2018, section III: those best connected to the next layer. Published code differs, so the
 * choice is a parameter.
 */
import { AppError } from '../../../src-shared/contract/errors.js'
import { tensorOf } from '../compute/tensor-map.js'
import type { ImageSet } from '../data/image-set.js'
import { lastFeatures, meanActivations } from '../evaluation/features.js'
import type { Classifier, Network } from '../nn/network.js'
import { tf, type Tensor, type Tensor2D } from '../tf.js'

export type NeuronChoice = 'largest-weights' | 'least-active'

/** Refuses to look for more neurons than there are. */
export function checkNeuronCount(count: number, network: Network): void {
  const { name, channels } = lastFeatures(network)
  if (count <= channels) return
  const message = `must be at most ${channels}: the layer "${name}" of this model has no more neurons`
  throw new AppError({
    code: 'invalid-input',
    message: `The attack asks for ${count} neurons. ${message}.`,
    fields: [{ path: 'attack.params.neurons.count', value: String(count), message }],
  })
}

/** Positions of `count` neurons among the features that the classifying layer receives, best first. */
export async function chooseNeurons(
  choice: NeuronChoice,
  count: number,
  { network, weights }: Classifier,
  train: ImageSet,
): Promise<number[]> {
  const rank = tf.tidy(() =>
    choice === 'largest-weights'
      ? weightSums(tensorOf<Tensor2D>(weights, `${network.classifierLayer}.weight`))
      : tf.neg(meanActivations({ network, weights }, train)),
  )
  const values = await rank.data()
  rank.dispose()
  return highest(values, count)
}

/** Sum of the sizes of the weights that leave each neuron, features x classes. Call inside `tf.tidy`. */
export function weightSums(classifierWeights: Tensor2D): Tensor {
  return tf.sum(tf.abs(classifierWeights), 1)
}

/** Positions of the `count` highest values, highest first; of equals the earlier. */
export function highest(values: ArrayLike<number>, count: number): number[] {
  return Array.from(values, (_, index) => index)
    .toSorted((a, b) => values[b]! - values[a]! || a - b)
    .slice(0, count)
}
