import { compileProgram, type Step, type StepProgram } from '../compute/step.js'
import { tensorOf, type TensorMap } from '../compute/tensor-map.js'
import { imageTensor, labelTensor, orderedBatches } from '../data/batches.js'
import type { ImageSet } from '../data/image-set.js'
import { softmaxCrossEntropy } from '../kernels/index.js'
import { classify, type Network } from '../nn/network.js'
import { tf, type Tensor2D, type Tensor4D } from '../tf.js'

const BATCH = 256

/** The passes through each network in use, by name, made ready once: the same network is asked again and again. */
const passes = new Map<Network, Map<string, StepProgram>>()

/** Frees what predicting with a network keeps ready. Whoever built the network calls it when done with it. */
export function releasePredictor(network: Network): void {
  for (const pass of passes.get(network)?.values() ?? []) pass.dispose()
  passes.delete(network)
}

/**
 * A pass through a network that is made ready once and kept until `releasePredictor`. The same name means the same step.
 * Returns its outputs, owned by the caller.
 */
export function runPass(network: Network, name: string, step: Step, weights: TensorMap, inputs: TensorMap): TensorMap {
  const ofNetwork = passes.get(network) ?? new Map<string, StepProgram>()
  passes.set(network, ofNetwork)
  const pass = ofNetwork.get(name) ?? compileProgram(step)
  ofNetwork.set(name, pass)
  return pass.run(weights, inputs).outputs
}

/**
 * Logits (batch x classes) as a deployed model computes them, with running statistics, owned by the caller. No gradient
 * goes through: `predictLogits` is for that.
 */
export function answerLogits(network: Network, weights: TensorMap, images: Tensor4D): Tensor2D {
  const step: Step = (state, inputs) => ({
    state: {},
    outputs: { logits: predictLogits(network, state, tensorOf<Tensor4D>(inputs, 'images')) },
  })
  return tensorOf<Tensor2D>(runPass(network, 'logits', step, weights, { images }), 'logits')
}

/** The predicted class of every image of the set, in its order. */
export async function predictClasses(network: Network, weights: TensorMap, set: ImageSet): Promise<Uint8Array> {
  const predicted = new Uint8Array(set.count)
  let from = 0
  for (const batch of orderedBatches(set.count, BATCH)) {
    const classes = tf.tidy(() => tf.argMax(answerLogits(network, weights, imageTensor(set, batch)), 1))
    predicted.set(await classes.data(), from)
    classes.dispose()
    from += batch.length
  }
  return predicted
}

/** The predicted class of every image of the set and the probability (0..1) that it got. */
export async function predictAnswers(
  network: Network,
  weights: TensorMap,
  set: ImageSet,
): Promise<{ classes: Uint8Array; confidence: Float32Array }> {
  const probabilities = predictProbabilities(network, weights, set)
  const [top, best] = tf.tidy(() => [tf.argMax(probabilities, 1), tf.max(probabilities, 1)] as const)
  const answers = {
    classes: Uint8Array.from(await top.data()),
    confidence: Float32Array.from(await best.data()),
  }
  tf.dispose([probabilities, top, best])
  return answers
}

/** Cross-entropy (nats) of every image of the set with its label, in its order. */
export async function crossEntropies(network: Network, weights: TensorMap, set: ImageSet): Promise<Float32Array> {
  const losses = new Float32Array(set.count)
  let from = 0
  for (const batch of orderedBatches(set.count, BATCH)) {
    const perImage = tf.tidy(() =>
      softmaxCrossEntropy(answerLogits(network, weights, imageTensor(set, batch)), labelTensor(set, batch)),
    )
    losses.set(await perImage.data(), from)
    perImage.dispose()
    from += batch.length
  }
  return losses
}

/** Logits with running statistics, as a deployed model computes them. Call inside `tf.tidy`. */
export function predictLogits(network: Network, weights: TensorMap, images: Tensor4D): Tensor2D {
  return classify(network, weights, images, 'running').logits
}

/** Share of the positions where the two agree; 0 for none at all. */
export function shareEqual(predicted: ArrayLike<number>, expected: ArrayLike<number>): number {
  let equal = 0
  for (let i = 0; i < predicted.length; i++) if (predicted[i] === expected[i]) equal += 1
  return predicted.length === 0 ? 0 : equal / predicted.length
}

/** Class probabilities of every image of the set, images x classes, owned by the caller. */
export function predictProbabilities(network: Network, weights: TensorMap, set: ImageSet): Tensor2D {
  return tf.tidy(() => {
    const parts = orderedBatches(set.count, BATCH).map((batch) =>
      tf.tidy(() => tf.softmax(answerLogits(network, weights, imageTensor(set, batch)))),
    )
    return tf.concat(parts, 0)
  })
}
