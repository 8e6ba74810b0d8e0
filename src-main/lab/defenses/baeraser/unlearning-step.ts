import type { Optimizer } from '../../compute/optimizers.js'
import type { Step } from '../../compute/step.js'
import { tensorOf, under, type TensorMap } from '../../compute/tensor-map.js'
import { softmaxCrossEntropy } from '../../kernels/index.js'
import { classify, partitionWeights, type Classifier } from '../../nn/network.js'
import { tf, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D } from '../../tf.js'
import { descendWeights } from '../../training/classifier-step.js'
import { stampPatches } from '../../trigger-recovery/stamp.js'

export interface UnlearningObjective {
  /** The victim: its weights are the anchor of the distance term and are not changed. */
  readonly victim: Classifier
  readonly targetClass: number
  /** Weight of the cross-entropy on clean images. */
  readonly cleanWeight: number
  /** Weight of self-distillation: clean and triggered image alike should get the victim's answer to the clean one. */
  readonly distillationWeight: number
  /** Weight of the L1 distance to the victim. */
  readonly distanceWeight: number
  /** Whether clean and triggered images share one batch, hence its statistics, or pass one after the other. */
  readonly normalization: 'joint' | 'separate'
  /** Cross-entropy (nats) up to which a triggered image is pushed away from the target; null for without bound. */
  readonly ascentBound: number | null
  /** Images that are pushed away from the target: all, or those of other classes only. */
  readonly ascendOn: 'other-classes' | 'all'
}

interface Answers {
  readonly cleanLogits: Tensor2D
  readonly triggeredLogits: Tensor2D
  readonly statistics: TensorMap
}

/**
 * One step of BAERASER's unlearning (section IV-C): descend
 * cleanWeight * CE(f(x), y) - min(CE(f(x + trigger), target), ascentBound) + distanceWeight * sum |theta - theta0|.
 * The bound is ours: without it the second term has no minimum and the loss runs away.
 *
 * State: `weights/*`, `optimizer/*`. Inputs: `images` (0..1), `labels` (int32), `answers` (the victim's class
 * probabilities for the clean images), `patches`, `rows`, `columns`,
 * `learningRate`. Output: `loss`.
 */
export function unlearningStep(objective: UnlearningObjective, optimizer: Optimizer): Step {
  const { victim, targetClass, cleanWeight, distillationWeight, distanceWeight, normalization } = objective
  const { network } = victim
  const anchor = partitionWeights(network, victim.weights).trainable

  const forward = (weights: TensorMap, images: Tensor4D, triggered: Tensor4D): Answers => {
    if (normalization === 'joint') {
      const { logits, statistics } = classify(network, weights, tf.concat([images, triggered], 0), 'batch')
      const [cleanLogits, triggeredLogits] = tf.split(logits, 2, 0) as [Tensor2D, Tensor2D]
      return { cleanLogits, triggeredLogits, statistics }
    }
    const first = classify(network, weights, images, 'batch')
    const second = classify(network, { ...weights, ...first.statistics }, triggered, 'batch')
    return { cleanLogits: first.logits, triggeredLogits: second.logits, statistics: second.statistics }
  }

  return (state, inputs) => {
    const weights = under('weights', state)
    const images = tensorOf<Tensor4D>(inputs, 'images')
    const triggered = stampPatches(
      images,
      tensorOf<Tensor4D>(inputs, 'patches'),
      tensorOf<Tensor1D>(inputs, 'rows'),
      tensorOf<Tensor1D>(inputs, 'columns'),
    )
    const labels = tensorOf<Tensor1D>(inputs, 'labels')
    const targets = tf.fill([images.shape[0]], targetClass, 'int32') as Tensor1D

    return descendWeights(network, optimizer, state, inputs, (parameters) => {
      const { cleanLogits, triggeredLogits, statistics } = forward({ ...weights, ...parameters }, images, triggered)
      const cleanLoss = tf.mean(softmaxCrossEntropy(cleanLogits, labels))
      const triggeredLoss = ascentTerm(objective, softmaxCrossEntropy(triggeredLogits, targets), labels)
      const distance = Object.entries(parameters)
        .map(([name, value]) => sumOfAbsolutes(tf.sub(value, tensorOf(anchor, name))))
        .reduce((sum, term) => tf.add(sum, term))
      const answers = tensorOf<Tensor2D>(inputs, 'answers')
      const distillation = tf.add(softCrossEntropy(cleanLogits, answers), softCrossEntropy(triggeredLogits, answers))
      const published = tf.add(tf.sub(tf.mul(cleanLoss, cleanWeight), triggeredLoss), tf.mul(distance, distanceWeight))
      return {
        loss: tf.add(published, tf.mul(distillation, distillationWeight)),
        aux: statistics,
      }
    })
  }
}

/** Mean of the bounded cross-entropy with the target over the images that are pushed away from it. */
function ascentTerm(
  { ascentBound, ascendOn, targetClass }: UnlearningObjective,
  perImage: Tensor1D,
  labels: Tensor1D,
): Tensor {
  const bounded = ascentBound === null ? perImage : tf.minimum(perImage, ascentBound)
  if (ascendOn === 'all') return tf.mean(bounded)
  const counted = tf.notEqual(labels, tf.scalar(targetClass, 'int32')).toFloat()
  return tf.div(tf.sum(tf.mul(bounded, counted)), tf.maximum(1, tf.sum(counted)))
}

/** Mean cross-entropy against probabilities instead of one class. */
function softCrossEntropy(logits: Tensor2D, probabilities: Tensor2D): Tensor {
  return tf.neg(tf.mean(tf.sum(tf.mul(probabilities, tf.logSoftmax(logits)), 1)))
}

/** The L1 norm with the derivative 0 at 0, where every weight starts: tfjs's own |x| has -1 there. */
function sumOfAbsolutes(x: Tensor): Tensor {
  return tf.sum(tf.mul(x, tf.sign(x)))
}
