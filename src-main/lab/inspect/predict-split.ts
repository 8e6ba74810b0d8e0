import { byteBlock, floatBlock } from '../../../src-shared/model/array-block.js'
import type { Predictions, SplitId } from '../../../src-shared/model/inspection.js'
import type { TensorMap } from '../compute/tensor-map.js'
import { allImages } from '../data/batches.js'
import { answerLogits } from '../evaluation/predict.js'
import { tf } from '../tf.js'
import type { OpenRun } from './open-run.js'
import { wantedClasses } from './samples.js'
import { allIndices, inParts, passSize } from './spread.js'
import { viewImages, type OpenView } from './view-images.js'
import type { Watch } from './watch.js'

/** What the weights answer for every sample of a split in a view. */
export async function predictSplit(
  run: OpenRun,
  weights: TensorMap,
  split: SplitId,
  view: OpenView,
  watch: Watch,
): Promise<Predictions> {
  const { labels, count } = run.splits[split].images
  const wanted = wantedClasses(run, labels)
  const classes = new Uint8Array(count)
  const confidence = new Float32Array(count)
  const targetProbability = new Float32Array(count)
  for (const batch of inParts(allIndices(count), passSize(run.network))) {
    watch.progress(batch[0]!, count)
    await watch.breathe()
    const { set } = viewImages(run, split, batch, view)
    const probabilities = tf.tidy(() => tf.softmax(answerLogits(run.network, weights, allImages(set))))
    const values = Float32Array.from(await probabilities.data())
    probabilities.dispose()
    batch.forEach((index, k) => {
      const row = values.subarray(k * run.network.classes, (k + 1) * run.network.classes)
      const best = row.indexOf(Math.max(...row))
      classes[index] = best
      confidence[index] = row[best]!
      targetProbability[index] = row[wanted[index]!]!
    })
  }
  watch.progress(count, count)
  return {
    classes: byteBlock(classes),
    confidence: floatBlock(confidence),
    targetProbability: run.attack === null ? null : floatBlock(targetProbability),
  }
}
