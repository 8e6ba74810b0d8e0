import { tensorOf } from '../compute/tensor-map.js'
import { imageTensor, orderedBatches } from '../data/batches.js'
import type { ImageSet } from '../data/image-set.js'
import { classify, type Classifier, type FeatureSpec, type Network } from '../nn/network.js'
import { tf, type Tensor1D, type Tensor2D } from '../tf.js'

const BATCH = 256

/** The features that the classifying layer receives. */
export function lastFeatures({ features }: Network): FeatureSpec {
  const last = features.at(-1)
  if (last === undefined) throw new Error('The network names no features')
  return last
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
