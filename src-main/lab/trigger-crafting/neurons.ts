/**
 * Which inner neurons a trigger is to excite. Liu, Ma, Aafer, Lee, Zhai, Wang and Zhang, "Trojaning Attack on Neural
 * Networks" (TrojanNN), NDSS 2018, section III: those best connected to the next layer. Published code differs, so the
 * choice is a parameter.
 */
import { AppError } from '../../../src-shared/contract/errors.js'
import { tensorOf } from '../compute/tensor-map.js'
import { imageTensor, orderedBatches } from '../data/batches.js'
import type { ImageSet } from '../data/image-set.js'
import { classify, type Classifier, type FeatureSpec, type Network } from '../nn/network.js'
import { tf, type Tensor, type Tensor2D } from '../tf.js'

const BATCH = 256

export type NeuronChoice = 'largest-weights' | 'least-active'

/** The features that the classifying layer receives: the neurons to choose among. */
export function lastFeatures({ features }: Network): FeatureSpec {
  const last = features.at(-1)
  if (last === undefined) throw new Error('The network names no features')
  return last
}

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

/** Mean of each neuron over the images. Call inside `tf.tidy`. */
export function meanActivations({ network, weights }: Classifier, set: ImageSet): Tensor {
  const { name } = lastFeatures(network)
  const sums = orderedBatches(set.count, BATCH).map((batch) =>
    tf.tidy(() => tf.sum(tensorOf(classify(network, weights, imageTensor(set, batch), 'running').features, name), 0)),
  )
  return tf.div(tf.addN(sums), set.count)
}
