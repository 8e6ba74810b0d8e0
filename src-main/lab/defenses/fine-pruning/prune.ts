import { tensorOf, type TensorMap } from '../../compute/tensor-map.js'
import type { DefenderView } from '../../define.js'
import { lastFeatures, meanActivations, predictFeatures } from '../../evaluation/features.js'
import { shareEqual } from '../../evaluation/predict.js'
import type { Classifier } from '../../nn/network.js'
import type { RunContext } from '../../run-context.js'
import { tf, type Tensor1D, type Tensor2D } from '../../tf.js'
import { createPace } from '../../training/pace.js'

export interface PruningOptions {
  /** Share (0..1) of the accuracy before pruning that it may cost. */
  readonly accuracyDrop: number
  /** Share (0..1) of the channels that go at a time. */
  readonly stepShare: number
}

export interface Pruning {
  /** The channels in the order in which they go, the least active first. */
  readonly order: readonly number[]
  /** How many of them are pruned. */
  readonly pruned: number
  /** Share of correct answers by number of pruned channels, up to the first one that costs too much. */
  readonly accuracies: readonly { readonly pruned: number; readonly accuracy: number }[]
}

/** Share (0..1) of correct answers when these channels are gone. */
export type PrunedAccuracy = (channels: readonly number[]) => Promise<number>

/**
 * Prunes the inputs of the classifying layer, the least active on clean images first, a few at a time, for as long as
 * the accuracy lasts. Never prunes all.
 */
export async function choosePruning(
  view: DefenderView,
  { accuracyDrop, stepShare }: PruningOptions,
  accuracyWithout: PrunedAccuracy,
  context: RunContext,
): Promise<Pruning> {
  const means = tf.tidy(() => meanActivations(view.victim, view.train))
  const order = leastActiveFirst(await means.data())
  means.dispose()
  const step = Math.ceil(stepShare * order.length)
  const pace = createPace(context, { epochs: 1, stepsPerEpoch: Math.ceil(order.length / step) })
  const before = await accuracyWithout([])
  const accuracies = [{ pruned: 0, accuracy: before }]
  let pruned = 0
  for (let count = step; count < order.length && !context.isStopping(); count += step) {
    const accuracy = await accuracyWithout(order.slice(0, count))
    accuracies.push({ pruned: count, accuracy })
    await pace.step(view.validation.count, null)
    if (before - accuracy > accuracyDrop * before) break
    pruned = count
  }
  return { order, pruned, accuracies }
}

/** On the defender's validation images. Only the linear layer is computed anew; `dispose` frees what it keeps. */
export function validationAccuracy({ victim, validation }: DefenderView): {
  accuracyWithout: PrunedAccuracy
  dispose(): void
} {
  const { network, weights } = victim
  const features = tf.tidy(() => predictFeatures(victim, validation))
  const bias = tensorOf(weights, `${network.classifierLayer}.bias`)
  const name = classifierWeight(victim)
  return {
    async accuracyWithout(channels) {
      const answers = tf.tidy(() => {
        const kept = tf.mul(tensorOf(weights, name), channelMask(victim, channels))
        return tf.argMax(tf.add(tf.matMul(features, kept as Tensor2D), bias), 1) as Tensor1D
      })
      const predicted = await answers.data()
      answers.dispose()
      return shareEqual(predicted, validation.labels)
    },
    dispose: () => features.dispose(),
  }
}

/** Factors of the weights that come from these channels: 0 for them, 1 for the others. Owned by the caller. */
export function pruningMasks(victim: Classifier, channels: readonly number[]): TensorMap {
  return { [classifierWeight(victim)]: channelMask(victim, channels) }
}

/** The victim's weights without these channels, owned by the caller. */
export function prunedWeights(victim: Classifier, channels: readonly number[]): TensorMap {
  const name = classifierWeight(victim)
  return tf.tidy(() => ({
    ...Object.fromEntries(Object.entries(victim.weights).map(([key, tensor]) => [key, tf.clone(tensor)])),
    [name]: tf.mul(tensorOf(victim.weights, name), channelMask(victim, channels)),
  }))
}

function classifierWeight({ network }: Classifier): string {
  return `${network.classifierLayer}.weight`
}

/** One row per channel. */
function channelMask({ network }: Classifier, channels: readonly number[]): Tensor2D {
  const values = new Float32Array(lastFeatures(network).channels).fill(1)
  for (const channel of channels) values[channel] = 0
  return tf.tensor2d(values, [values.length, 1])
}

/** The channels by their mean activation; of equals the first. */
export function leastActiveFirst(means: ArrayLike<number>): number[] {
  return Array.from({ length: means.length }, (_, channel) => channel).toSorted((a, b) => means[a]! - means[b]!)
}
