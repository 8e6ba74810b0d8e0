/**
 * Score-CAM. Wang, Wang, Du, Yang, Zhang, Ding, Mardziel and Hu, "Score-CAM: Score-Weighted Visual Explanations for
 * Convolutional Neural Networks", CVPR workshops 2020 (arXiv 1910.01279), algorithm 1: each channel of a layer, enlarged and
 * brought to 0..1, masks the image, and the softmax over the channels of the class's logit for what is left weights them.
 * No gradient is used. Channels that are the same everywhere mask nothing and have no weight.
 */
import { z } from 'zod'
import { defineExplainer } from '../define.js'
import { layerActivation } from '../evaluation/features.js'
import type { Classifier } from '../nn/network.js'
import { tf, type Tensor, type Tensor1D, type Tensor2D, type Tensor3D, type Tensor4D } from '../tf.js'
import { classLogits } from './class-scores.js'
import { enlarged, layerOf, weightedMap } from './heat.js'

/** Masked images in one pass. */
const BATCH = 64

export const scoreCam = defineExplainer({
  id: 'score-cam',
  family: 'activation',
  title: 'Score-CAM',
  summary: 'Channels of a layer, weighted by the score of the image when only what they show of it is left.',
  paper: {
    title: 'Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural Networks',
    authors: 'Wang, Wang, Du, Yang, Zhang, Ding, Mardziel, Hu',
    year: 2020,
    url: 'https://arxiv.org/abs/1910.01279',
  },
  params: z.strictObject({}),
  looksAt: 'layer',

  async explain(_params, subject, images, classes, { breathe }) {
    const { classifier } = subject
    const heats: Tensor3D[] = []
    try {
      for (let index = 0; index < images.shape[0]; index++) {
        const image = tf.slice(images, [index, 0, 0, 0], [1, -1, -1, -1])
        const activation = layerActivation(classifier, layerOf(subject).name, image) as Tensor4D
        const scores: Tensor1D[] = []
        try {
          const channels = activation.shape[3]
          for (let from = 0; from < channels; from += BATCH) {
            await breathe()
            scores.push(channelScores(classifier, image, activation, from, classes[index]!))
          }
          heats.push(
            tf.tidy(() => {
              const weights = tf.softmax(tf.concat(scores)) as Tensor1D
              return enlarged(weightedMap(activation, tf.expandDims(weights, 0) as Tensor2D), image)
            }),
          )
        } finally {
          tf.dispose([image, activation, ...scores])
        }
      }
      return tf.tidy(() => tf.concat(heats, 0))
    } finally {
      tf.dispose(heats)
    }
  },
})

/** The logit of the class for the image under each of the channels from `from` on; very low where one shows nothing. */
function channelScores(
  classifier: Classifier,
  image: Tensor4D,
  activation: Tensor4D,
  from: number,
  wanted: number,
): Tensor1D {
  return tf.tidy(() => {
    const count = Math.min(BATCH, activation.shape[3] - from)
    const channels = tf.transpose(tf.slice(activation, [0, 0, 0, from], [1, -1, -1, count]), [3, 1, 2, 0])
    const maps = enlarged(tf.squeeze(channels, [3]) as Tensor3D, image)
    const least = tf.min(maps, [1, 2], true)
    const range: Tensor = tf.sub(tf.max(maps, [1, 2], true), least)
    const masks = tf.expandDims(tf.divNoNan(tf.sub(maps, least), range), 3)
    const logits = classLogits(classifier, tf.mul(image, masks) as Tensor4D, new Uint8Array(count).fill(wanted))
    const isEmpty = tf.lessEqual(tf.squeeze(range, [1, 2]), 0)
    return tf.where(isEmpty, tf.fill([count], SHOWS_NOTHING), logits) as Tensor1D
  })
}

/** A logit whose share in a softmax is 0. */
const SHOWS_NOTHING = -1e9
