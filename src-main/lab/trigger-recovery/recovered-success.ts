import { disposeTensors, type TensorMap } from '../compute/tensor-map.js'
import { imageTensor, orderedBatches } from '../data/batches.js'
import { indicesWhere, selectImages, type ImageSet } from '../data/image-set.js'
import { answerLogits } from '../evaluation/predict.js'
import type { Network } from '../nn/network.js'
import type { Rng } from '../random/rng.js'
import { tf } from '../tf.js'
import { samplePatches, type RecoveredTriggers } from './recover.js'
import { stampPatches } from './stamp.js'

const BATCH = 128

/**
 * Share (0..1) of the images of other classes that the weights classify as the recovered triggers' class once a fresh
 * recovered patch is on them, over `rounds` draws of patches and places. This is what a defender can know of attack
 * success.
 */
export async function measureRecoveredSuccess(
  network: Network,
  weights: TensorMap,
  recovered: RecoveredTriggers,
  images: ImageSet,
  rng: Rng,
  rounds = 1,
): Promise<number> {
  const others = selectImages(
    images,
    indicesWhere(images, (label) => label !== recovered.targetClass),
  )
  let hits = 0
  for (let round = 0; round < rounds; round++) {
    for (const batch of orderedBatches(others.count, BATCH)) {
      const pictures = imageTensor(others, batch)
      // A full batch of patches even for a smaller batch of images: the generator normalises over its batch.
      const patches = samplePatches(recovered, BATCH, rng)
      const { rows, columns } = recovered.places.drawEach(batch.length, rng)
      const hit = tf.tidy(() => {
        const used = tf.slice(patches, [0, 0, 0, 0], [batch.length, -1, -1, -1])
        const logits = answerLogits(network, weights, stampPatches(pictures, used, rows, columns))
        return tf.sum(tf.equal(tf.argMax(logits, 1), tf.scalar(recovered.targetClass, 'int32')).toInt())
      })
      hits += (await hit.data())[0]!
      disposeTensors({ pictures, patches, rows, columns, hit })
    }
  }
  return others.count === 0 ? 0 : hits / (others.count * rounds)
}
