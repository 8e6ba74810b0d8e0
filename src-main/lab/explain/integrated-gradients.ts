/**
 * Integrated gradients. Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks", ICML 2017
 * (arXiv 1703.01365): the gradient of the class's logit along the straight line from a baseline to the image, times the way
 * that each pixel goes. Over all pixels it sums to the difference of the two logits (completeness).
 */
import { z } from 'zod'
import { defineExplainer } from '../define.js'
import { tf, type Tensor, type Tensor3D, type Tensor4D } from '../tf.js'
import { inputGradient } from './class-scores.js'
import { emptyImage, EmptyPixels } from './empty-pixels.js'

const params = z.strictObject({
  steps: z.int().min(1).max(2000).default(32).meta({
    title: 'Steps',
    description: 'Points on the line, each in the middle of its part; the paper takes 20 to 300.',
  }),
  baseline: EmptyPixels.default('black').meta({
    title: 'Baseline',
    description: "The image that shows nothing: black, or the mean colour of the dataset's images.",
  }),
})

export const integratedGradients = defineExplainer({
  id: 'integrated-gradients',
  family: 'gradient',
  title: 'Integrated gradients',
  summary:
    'What each pixel adds to the class on the way from an empty image; all pixels together account for all of it.',
  paper: {
    title: 'Axiomatic Attribution for Deep Networks',
    authors: 'Sundararajan, Taly, Yan',
    year: 2017,
    url: 'https://arxiv.org/abs/1703.01365',
  },
  params,
  looksAt: 'input',

  async explain({ steps, baseline }, { classifier }, images, classes, { breathe }) {
    const empty = emptyImage(baseline, classifier.network)
    const way = tf.sub(images, empty)
    let sum: Tensor = tf.zeros(images.shape)
    try {
      for (let step = 0; step < steps; step++) {
        await breathe()
        const before = sum
        sum = tf.tidy(() => {
          const between = tf.add(empty, tf.mul(way, (step + 0.5) / steps)) as Tensor4D
          return tf.add(before, inputGradient(classifier, between, classes))
        })
        before.dispose()
      }
      return tf.tidy(() => tf.sum(tf.mul(way, tf.div(sum, steps)), 3) as Tensor3D)
    } finally {
      tf.dispose([empty, way, sum])
    }
  },
})
