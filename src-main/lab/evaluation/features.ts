import type { Step } from '../compute/step.js'
import { tensorOf } from '../compute/tensor-map.js'
import { imageTensor, orderedBatches } from '../data/batches.js'
import type { ImageSet } from '../data/image-set.js'
import { classify, type Classifier, type FeatureSpec, type Network } from '../nn/network.js'
import { tf, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D } from '../tf.js'
import { runPass } from './predict.js'

const BATCH = 256

/** The features that the classifying layer receives. */
export function lastFeatures({ features }: Network): FeatureSpec {
  const last = features.at(-1)
  if (last === undefined) throw new Error('The network names no features')
  return last
}

/** Activation of one of the network's features, with running statistics, owned by the caller. */
export function layerActivation({ network, weights }: Classifier, name: string, images: Tensor4D): Tensor {
  const step: Step = (state, inputs) => {
    const { features } = classify(network, state, tensorOf<Tensor4D>(inputs, 'images'), 'running')
    return { state: {}, outputs: { activation: tensorOf(features, name) } }
  }
  return tensorOf(runPass(network, `activation of ${name}`, step, weights, { images }), 'activation')
}

/** What the classifying layer receives for a batch of images, images x features row by row. Takes the images over. */
export async function readFeatures(classifier: Classifier, images: Tensor4D): Promise<Float32Array> {
  const activation = layerActivation(classifier, lastFeatures(classifier.network).name, images)
  const values = Float32Array.from(await activation.data())
  tf.dispose([images, activation])
  return values
}

/** What the classifying layer receives for every image of the set, images x features. Call inside `tf.tidy`. */
export function predictFeatures({ network, weights }: Classifier, set: ImageSet): Tensor2D {
  const { name } = lastFeatures(network)
  const parts = orderedBatches(set.count, BATCH).map((batch) =>
    tf.tidy(() => tensorOf<Tensor2D>(classify(network, weights, imageTensor(set, batch), 'running').features, name)),
  )
  return tf.concat(parts, 0)
}

/** Mean of each of these features over the images. Call inside `tf.tidy`. */
export function meanActivations(classifier: Classifier, set: ImageSet): Tensor1D {
  return tf.mean(predictFeatures(classifier, set), 0)
}
