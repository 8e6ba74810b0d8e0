/**
 * STRIP. Gao, Xu, Wang, Chen, Ranasinghe and Nepal, "STRIP: A Defence Against Trojan Attacks on Deep Neural Networks",
 * ACSAC 2019 (arXiv 1902.06531). An input is laid over many clean images: the answers for a clean input differ from one to
 * the next, those for a triggered one stay with the target, so that their entropy is low.
 */
import { z } from 'zod'
import { imageTensor } from '../data/batches.js'
import type { SuspectImages } from '../define.js'
import { defineDetector } from '../define.js'
import { answerLogits } from '../evaluation/predict.js'
import type { TimedWatch } from '../inspect/watch.js'
import { allIndices, inParts, passSize } from '../inspect/spread.js'
import type { Classifier } from '../nn/network.js'
import { tf, type Tensor1D, type Tensor4D } from '../tf.js'

export const strip = defineDetector({
  id: 'strip',
  family: 'perturbation',
  title: 'STRIP',
  summary: 'Lays an input over clean images: where a trigger is on it, the answer hardly changes.',
  paper: {
    title: 'STRIP: A Defence Against Trojan Attacks on Deep Neural Networks',
    authors: 'Gao, Xu, Wang, Chen, Ranasinghe, Nepal',
    year: 2019,
    url: 'https://arxiv.org/abs/1902.06531',
  },
  params: z.strictObject({
    overlays: z.int().min(2).max(1000).default(100).meta({
      title: 'Overlays',
      unit: 'images',
      description: 'Clean images that each input is laid over; the same for all inputs.',
    }),
    weight: z.number().min(0.1).max(1).default(1).meta({
      title: 'Weight',
      description: 'Of the input and of the clean image in their sum, which is cut off at white. 0.5 is their mean.',
    }),
  }),
  presets: [
    {
      id: 'mean',
      title: 'Mean of both',
      differs: 'The mean of input and clean image instead of their sum cut off at white, for images that are bright.',
      oracle: false,
      params: { weight: 0.5 },
    },
  ],
  scoreTitle: 'Negative mean entropy of the answers, in bits',
  check: () => [],

  examination: {
    of: 'inputs',
    async score({ overlays, weight }, { victim, train, random }, suspects, watch) {
      const rng = random.stream('overlays')
      const drawn = Array.from({ length: overlays }, () => rng.below(train.count))
      const clean = imageTensor(train, drawn)
      try {
        return await negativeEntropies(victim, suspects, clean, weight, watch)
      } finally {
        clean.dispose()
      }
    },
  },
})

async function negativeEntropies(
  victim: Classifier,
  suspects: SuspectImages,
  clean: Tensor4D,
  weight: number,
  watch: TimedWatch,
): Promise<Float32Array> {
  const scores = new Float32Array(suspects.count)
  const atOnce = Math.max(1, Math.floor(passSize(victim.network) / clean.shape[0]))
  for (const part of inParts(allIndices(suspects.count), atOnce)) {
    watch.progress(part[0]!, suspects.count)
    await watch.breathe()
    const images = imageTensor(suspects, part)
    const entropies = overlaidEntropy(victim, images, clean, weight)
    scores.set(
      (await entropies.data()).map((entropy) => -entropy),
      part[0],
    )
    tf.dispose([images, entropies])
  }
  watch.progress(suspects.count, suspects.count)
  return scores
}

/**
 * Mean entropy, in bits, of the answers for each image (batch x height x width x channels, 0..1) on top of each of the
 * clean ones. Owned by the caller.
 */
export function overlaidEntropy(
  { network, weights }: Classifier,
  images: Tensor4D,
  clean: Tensor4D,
  weight: number,
): Tensor1D {
  return tf.tidy(() => {
    const [count, ...shape] = images.shape
    const sums = tf.add(tf.expandDims(tf.mul(images, weight), 1), tf.expandDims(tf.mul(clean, weight), 0))
    const overlaid = tf.reshape(tf.clipByValue(sums, 0, 1), [count * clean.shape[0], ...shape]) as Tensor4D
    const logs = tf.logSoftmax(answerLogits(network, weights, overlaid))
    const entropies = tf.div(tf.neg(tf.sum(tf.mul(tf.exp(logs), logs), 1)), Math.LN2)
    return tf.mean(tf.reshape(entropies, [count, clean.shape[0]]), 1)
  })
}
