import { lossGradients } from '../compute/gradients.js'
import type { Step } from '../compute/step.js'
import { disposeTensors, tensorOf } from '../compute/tensor-map.js'
import { answerLogits, predictLogits, runPass } from '../evaluation/predict.js'
import { classify, type Classifier, type FeatureSpec } from '../nn/network.js'
import { tf, type Tensor1D, type Tensor2D, type Tensor4D } from '../tf.js'

/**
 * The score that methods explain is the class's logit, as in most of their papers: a probability saturates, and with it
 * its gradient.
 */

/** One row per image with 1 at its class. Owned by the caller. */
function chosenClasses(classes: Uint8Array, count: number): Tensor2D {
  return tf.tidy(() => tf.oneHot(tf.tensor1d(Int32Array.from(classes), 'int32'), count).toFloat() as Tensor2D)
}

/** The logit of each image's class. Owned by the caller. */
export function classLogits({ network, weights }: Classifier, images: Tensor4D, classes: Uint8Array): Tensor1D {
  return tf.tidy(() => {
    const logits = answerLogits(network, weights, images)
    return tf.sum(tf.mul(logits, chosenClasses(classes, network.classes)), 1)
  })
}

/** The probability of each image's class. Owned by the caller. */
export function classProbabilities({ network, weights }: Classifier, images: Tensor4D, classes: Uint8Array): Tensor1D {
  return tf.tidy(() => {
    const probabilities = tf.softmax(answerLogits(network, weights, images))
    return tf.sum(tf.mul(probabilities, chosenClasses(classes, network.classes)), 1)
  })
}

/** The gradient of each image's logit with respect to its pixels (0..1), of the images' shape. Owned by the caller. */
export function inputGradient({ network, weights }: Classifier, images: Tensor4D, classes: Uint8Array): Tensor4D {
  const step: Step = (state, inputs) => {
    const { gradients } = lossGradients({ images: tensorOf(inputs, 'images') }, ({ images: x }) => ({
      loss: tf.sum(tf.mul(predictLogits(network, state, x as Tensor4D), tensorOf(inputs, 'chosen'))),
    }))
    return { state: {}, outputs: { gradient: tensorOf(gradients, 'images') } }
  }
  const chosen = chosenClasses(classes, network.classes)
  const { gradient } = runPass(network, 'input gradient', step, weights, { images, chosen })
  chosen.dispose()
  return gradient as Tensor4D
}

export interface LayerGradient {
  /** batch x height x width x channels of the layer. */
  readonly activation: Tensor4D
  /** Of the same shape: the gradient of each image's logit with respect to it. */
  readonly gradient: Tensor4D
}

/** What a layer answers, and how each image's logit depends on it. Only the layers above are differentiated. */
export function layerGradient(
  { network, weights }: Classifier,
  { name }: FeatureSpec,
  images: Tensor4D,
  classes: Uint8Array,
): LayerGradient {
  const step: Step = (state, inputs) => {
    const { aux, gradients } = lossGradients({ nudge: tensorOf(inputs, 'nudge') }, (wanted) => {
      const x = tensorOf<Tensor4D>(inputs, 'images')
      const nudges = { [name]: tensorOf(wanted, 'nudge') }
      const { logits, features } = classify(network, state, x, 'running', nudges)
      const loss = tf.sum(tf.mul(logits, tensorOf(inputs, 'chosen')))
      return { loss, aux: { activation: tensorOf(features, name) } }
    })
    return {
      state: {},
      outputs: { activation: tensorOf(aux, 'activation'), gradient: tensorOf(gradients, 'nudge') },
    }
  }
  const [, ...shape] = layerShape({ network, weights }, name)
  const given = { chosen: chosenClasses(classes, network.classes), nudge: tf.zeros([images.shape[0], ...shape]) }
  const outputs = runPass(network, `gradient at ${name}`, step, weights, { images, ...given })
  disposeTensors(given)
  return { activation: tensorOf(outputs, 'activation'), gradient: tensorOf(outputs, 'gradient') }
}

const shapes = new WeakMap<Classifier['network'], Map<string, number[]>>()

/** Shape of a layer's activation for one image, `[1, height, width, channels]` or `[1, channels]`. */
export function layerShape({ network, weights }: Classifier, name: string): number[] {
  const known = shapes.get(network) ?? new Map<string, number[]>()
  if (!shapes.has(network)) {
    const { height, width, channels } = network.inputShape
    tf.tidy(() => {
      const { features } = classify(network, weights, tf.zeros([1, height, width, channels]), 'running')
      for (const [feature, activation] of Object.entries(features)) known.set(feature, activation.shape)
    })
    shapes.set(network, known)
  }
  const shape = known.get(name)
  if (shape === undefined) throw new Error(`The network marks no feature "${name}"`)
  return shape
}
