/**
 * SCALE-UP. Guo, Li, Chen, Guo, Sun and Liu, "SCALE-UP: An Efficient Black-box Input-level Backdoor Detection via
 * Analyzing Scaled Prediction Consistency", ICLR 2023 (arXiv 2302.03251). The pixels of an input are multiplied: the answer
 * for a clean one changes sooner or later, that for a triggered one stays with the target.
 */
import { z } from 'zod'
import { imageTensor } from '../data/batches.js'
import type { DatasetInfo, SuspectImages } from '../define.js'
import { defineDetector } from '../define.js'
import { answerLogits } from '../evaluation/predict.js'
import { allIndices, inParts, passSize } from '../inspect/spread.js'
import type { TimedWatch } from '../inspect/watch.js'
import type { Classifier } from '../nn/network.js'
import { tf, type Tensor1D, type Tensor4D } from '../tf.js'
import { mean } from '../../../src-shared/util/statistics.js'

export const scaleUp = defineDetector({
  id: 'scale-up',
  family: 'perturbation',
  title: 'SCALE-UP',
  summary: 'Multiplies the pixels of an input: where a trigger is on it, the answer stays the same.',
  paper: {
    title:
      'SCALE-UP: An Efficient Black-box Input-level Backdoor Detection via Analyzing Scaled Prediction Consistency',
    authors: 'Guo, Li, Chen, Guo, Sun, Liu',
    year: 2023,
    url: 'https://arxiv.org/abs/2302.03251',
  },
  params: z.strictObject({
    knowledge: z
      .enum(['data-free', 'data-limited'])
      .default('data-limited')
      .meta({
        title: 'Knowledge',
        description:
          'data-free: the share of multiplied images with the same answer. data-limited: that share, measured against ' +
          'mean and deviation of the clean images of the class that was answered.',
      }),
    multiplications: z.int().min(1).max(20).default(5).meta({
      title: 'Multiplications',
      description: 'By 3, 5, 7 and so on; pixels are cut off at white.',
    }),
  }),
  presets: [
    {
      id: 'data-free',
      title: 'Data-free',
      differs: 'Uses no clean images: the share itself is the score, whatever the class.',
      oracle: false,
      params: { knowledge: 'data-free' },
    },
  ],
  scoreTitle: 'Consistency of the answer under multiplied pixels',
  check: () => [],

  examination: {
    of: 'inputs',
    async score({ knowledge, multiplications }, { victim, data, train }, suspects, watch) {
      const factors = Array.from({ length: multiplications }, (_, k) => 2 * k + 3)
      const needed = knowledge === 'data-free' ? suspects.count : suspects.count + train.count
      const found = await consistencies(victim, suspects, factors, watch, 0, needed)
      if (knowledge === 'data-free') return found.shares
      const clean = await consistencies(victim, train, factors, watch, suspects.count, needed)
      return standardized(found, { shares: clean.shares, classes: train.labels }, data, 0.5 / multiplications)
    },
  },
})

interface Consistencies {
  /** 0..1, of each image. */
  readonly shares: Float32Array
  /** The class of each. */
  readonly classes: Uint8Array
}

/** Where the work is one part of more, it begins at `from` of `total` images. */
async function consistencies(
  victim: Classifier,
  images: SuspectImages,
  factors: readonly number[],
  watch: TimedWatch,
  from: number,
  total: number,
): Promise<Consistencies> {
  const shares = new Float32Array(images.count)
  const classes = new Uint8Array(images.count)
  for (const part of inParts(allIndices(images.count), passSize(victim.network))) {
    watch.progress(from + part[0]!, total)
    await watch.breathe()
    const batch = imageTensor(images, part)
    const found = scaledConsistency(victim, batch, factors)
    shares.set(await found.share.data(), part[0])
    classes.set(await found.answer.data(), part[0])
    tf.dispose([batch, found.share, found.answer])
  }
  watch.progress(from + images.count, total)
  return { shares, classes }
}

/**
 * For each image (batch x height x width x channels, 0..1) the class that is answered, and the share (0..1) of the factors
 * under which it stays the same. Owned by the caller.
 */
export function scaledConsistency(
  { network, weights }: Classifier,
  images: Tensor4D,
  factors: readonly number[],
): { answer: Tensor1D; share: Tensor1D } {
  return tf.tidy(() => {
    const answered = (pictures: Tensor4D): Tensor1D => tf.argMax(answerLogits(network, weights, pictures), 1)
    const answer = answered(images)
    const stays = factors.map((factor) =>
      tf.equal(answered(tf.clipByValue(tf.mul(images, factor), 0, 1) as Tensor4D), answer).toFloat(),
    )
    return { answer, share: tf.mean(tf.stack(stays), 0) as Tensor1D }
  })
}

/**
 * Shares in deviations from the mean of clean images of the same class. A deviation below `least` counts as that: it is
 * finer than a share can be. A class without clean images is measured against all of them.
 */
export function standardized(
  { shares, classes }: Consistencies,
  clean: Consistencies,
  { classNames }: Pick<DatasetInfo, 'classNames'>,
  least: number,
): Float32Array {
  const measures = classNames.map((_, label) => {
    const own = clean.shares.filter((_share, index) => clean.classes[index] === label)
    const values = [...(own.length === 0 ? clean.shares : own)]
    const centre = mean(values)
    const deviation = Math.sqrt(mean(values.map((value) => (value - centre) ** 2)))
    return { centre, deviation: Math.max(deviation, least) }
  })
  return shares.map((share, index) => {
    const { centre, deviation } = measures[classes[index]!]!
    return (share - centre) / deviation
  })
}
