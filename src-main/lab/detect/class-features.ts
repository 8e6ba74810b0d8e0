import { imageTensor } from '../data/batches.js'
import { indicesWhere, type ImageSet } from '../data/image-set.js'
import { lastFeatures, readFeatures } from '../evaluation/features.js'
import { inParts, passSize } from '../inspect/spread.js'
import type { TimedWatch } from '../inspect/watch.js'
import type { Classifier } from '../nn/network.js'

/** What the classifying layer receives of the samples that came with one label. */
export interface ClassFeatures {
  /** Positions of the samples in the set. */
  readonly indices: Uint32Array
  /** samples x dimensions, row by row. */
  readonly features: Float32Array
  readonly dimensions: number
}

/** Scores the samples of a set, label by label. Labels with fewer than `least` samples leave a score of 0. */
export async function scoreByClass(
  classifier: Classifier,
  set: ImageSet,
  least: number,
  watch: TimedWatch,
  score: (samples: ClassFeatures, label: number) => Float32Array,
): Promise<Float32Array> {
  const { channels: dimensions } = lastFeatures(classifier.network)
  const scores = new Float32Array(set.count)
  let done = 0
  for (let label = 0; label < classifier.network.classes; label++) {
    const indices = indicesWhere(set, (each) => each === label)
    const features = new Float32Array(indices.length * dimensions)
    let at = 0
    for (const part of inParts(indices, passSize(classifier.network))) {
      watch.progress(done, set.count)
      await watch.breathe()
      features.set(await readFeatures(classifier, imageTensor(set, part)), at * dimensions)
      at += part.length
      done += part.length
    }
    if (indices.length < least) continue
    score({ indices, features, dimensions }, label).forEach((value, k) => (scores[indices[k]!] = value))
  }
  watch.progress(set.count, set.count)
  return scores
}
