import { floatBlock } from '../../../src-shared/model/array-block.js'
import type { Activation } from '../../../src-shared/model/inspection.js'
import { allImages } from '../data/batches.js'
import type { ImageSet } from '../data/image-set.js'
import { layerActivation } from '../evaluation/features.js'
import type { Classifier } from '../nn/network.js'

/** Activation of a layer for the first image of a set. */
export async function activationOf(
  classifier: Classifier,
  layer: string,
  set: ImageSet,
): Promise<Activation['values']> {
  const images = allImages(set)
  const activation = layerActivation(classifier, layer, images)
  const [, ...shape] = activation.shape
  const values = Float32Array.from(await activation.data())
  images.dispose()
  activation.dispose()
  return floatBlock(values, shape.length === 1 ? [1, 1, ...shape] : shape)
}
