/**
 * Trigger-activated change. Zheng, Tang, Li and Liu, "Data-free Backdoor Removal based on Channel Lipschitzness", ECCV 2022
 * (arXiv 2208.03111, section 3): how much a channel's map changes, as an L2 norm, when the trigger is put on an image, on
 * average over images. Channels that carry a backdoor stand out, and fall back when it is removed.
 */
import { floatBlock, type FloatBlock } from '../../../src-shared/model/array-block.js'
import type { SplitId } from '../../../src-shared/model/inspection.js'
import type { TensorMap } from '../compute/tensor-map.js'
import { allImages } from '../data/batches.js'
import { layerActivation } from '../evaluation/features.js'
import { tf, type Tensor } from '../tf.js'
import type { OpenRun } from './open-run.js'
import { allIndices, evenlySpread, inParts, passSize } from './spread.js'
import { viewImages } from './view-images.js'
import type { Watch } from './watch.js'

/** The mean change of each channel of a layer. */
export async function triggerChange(
  run: OpenRun,
  weights: TensorMap,
  layer: string,
  { split, limit }: { split: SplitId; limit: number },
  watch: Watch,
): Promise<{ channels: FloatBlock; samples: number }> {
  const indices = evenlySpread(allIndices(run.splits[split].images.count), limit)
  const classifier = { network: run.network, weights }
  let sum: Tensor | null = null
  let done = 0
  try {
    for (const part of inParts(indices, Math.min(64, passSize(run.network)))) {
      watch.progress(done, indices.length)
      await watch.breathe()
      const clean = viewImages(run, split, part, { kind: 'clean' }).set
      const triggered = viewImages(run, split, part, { kind: 'triggered' }).set
      const before: Tensor | null = sum
      sum = tf.tidy(() => {
        const [a, b] = [clean, triggered].map((set) => layerActivation(classifier, layer, allImages(set)))
        const square = tf.square(tf.sub(b!, a!))
        const norms = tf.sqrt(square.rank === 4 ? tf.sum(square, [1, 2]) : square)
        const added = tf.sum(norms, 0)
        return before === null ? added : tf.add(before, added)
      })
      before?.dispose()
      done += part.length
    }
    watch.progress(done, indices.length)
    const sums = sum === null ? new Float32Array() : Float32Array.from(await sum.data())
    return { channels: floatBlock(sums.map((each) => each / Math.max(1, done))), samples: done }
  } finally {
    sum?.dispose()
  }
}
