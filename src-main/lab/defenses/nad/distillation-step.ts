import type { Optimizer } from '../../compute/optimizers.js'
import type { Step } from '../../compute/step.js'
import { tensorOf, under } from '../../compute/tensor-map.js'
import type { Augmentation } from '../../data/augmentation.js'
import { softmaxCrossEntropy } from '../../kernels/index.js'
import { classify, type Network } from '../../nn/network.js'
import { tf, type Tensor, type Tensor1D, type Tensor3D, type Tensor4D } from '../../tf.js'
import { descendWeights } from '../../training/classifier-step.js'

/** As in the official code: keeps the division finite. */
const NORM_FLOOR = 1e-6
/** So small that it only keeps the gradient of the root finite where a map is all zero. */
const ROOT_FLOOR = 1e-30

/**
 * Where a network looks: the sum of the squared activations over the channels, scaled to length 1 over the pixels of each
 * image (Zagoruyko and Komodakis, "Paying More Attention to Attention", ICLR 2017, with p = 2).
 * @param activations batch x height x width x channels
 * @returns batch x height x width
 */
export function attentionMap(activations: Tensor4D): Tensor3D {
  const energy = tf.sum(tf.square(activations), 3)
  const norm = tf.sqrt(tf.add(tf.sum(tf.square(energy), [1, 2], true), ROOT_FLOOR))
  return tf.div(energy, tf.add(norm, NORM_FLOOR))
}

/** Mean squared difference of two attention maps, over pixels and images. */
export function attentionLoss(student: Tensor4D, teacher: Tensor4D): Tensor {
  return tf.mean(tf.square(tf.sub(attentionMap(student), attentionMap(teacher))))
}

export interface AttendedFeature {
  readonly feature: string
  /** Weight of its attention loss. */
  readonly beta: number
}

/**
 * One step of NAD (section 3.2): descend the cross-entropy plus, for each attended feature, beta times the difference of
 * the student's attention from the teacher's, who is as deployed and does not change.
 * State: `weights/*` (the student), `teacher/*`, `optimizer/*`. Inputs: `images` (0..1), `labels` (int32),
 * `learningRate`, and what the augmentation draws. Output: `loss`.
 */
export function distillationStep(
  network: Network,
  attended: readonly AttendedFeature[],
  optimizer: Optimizer,
  augmentation: Augmentation | null,
): Step {
  return (state, inputs) => {
    const weights = under('weights', state)
    const given = tensorOf<Tensor4D>(inputs, 'images')
    const images = augmentation === null ? given : augmentation.apply(given, inputs)
    const teacher = classify(network, under('teacher', state), images, 'running').features
    return descendWeights(network, optimizer, state, inputs, (parameters) => {
      const { logits, statistics, features } = classify(network, { ...weights, ...parameters }, images, 'batch')
      const crossEntropy = tf.mean(softmaxCrossEntropy(logits, tensorOf<Tensor1D>(inputs, 'labels')))
      const loss = attended.reduce<Tensor>((sum, { feature, beta }) => {
        const difference = attentionLoss(tensorOf<Tensor4D>(features, feature), tensorOf<Tensor4D>(teacher, feature))
        return tf.add(sum, tf.mul(difference, beta))
      }, crossEntropy)
      return { loss, aux: statistics }
    })
  }
}
