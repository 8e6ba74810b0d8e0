/**
 * SmoothGrad. Smilkov, Thorat, Kim, Viegas and Wattenberg, "SmoothGrad: removing noise by adding noise", 2017
 * (arXiv 1706.03825): the input gradient, averaged over copies of the image with normal noise.
 */
import { z } from 'zod'
import { defineExplainer } from '../define.js'
import { tf, type Tensor, type Tensor4D } from '../tf.js'
import { inputGradient } from './class-scores.js'
import { largestChannel } from './heat.js'

const params = z.strictObject({
  samples: z.int().min(1).max(1000).default(25).meta({
    title: 'Noisy copies',
    description: 'Of each image; the paper finds little change beyond 50.',
  }),
  noise: z.number().gt(0).max(1).default(0.15).meta({
    title: 'Noise',
    unit: 'of the range of pixels',
    description: 'Standard deviation of what is added; the paper finds 0.1 to 0.2 best.',
  }),
})

export const smoothGrad = defineExplainer({
  id: 'smooth-grad',
  family: 'gradient',
  title: 'SmoothGrad',
  summary: 'The mean input gradient of noisy copies of the image: what remains when its own noise is averaged out.',
  paper: {
    title: 'SmoothGrad: removing noise by adding noise',
    authors: 'Smilkov, Thorat, Kim, Viegas, Wattenberg',
    year: 2017,
    url: 'https://arxiv.org/abs/1706.03825',
  },
  params,
  looksAt: 'input',

  async explain({ samples, noise }, { classifier }, images, classes, { random, breathe }) {
    // The same noise for every image, so that a heatmap does not depend on what is explained beside it.
    const draws = random.stream('smooth-grad')
    const [, ...shape] = images.shape
    const size = shape.reduce((product, length) => product * length, 1)
    let sum: Tensor = tf.zeros(images.shape)
    try {
      for (let sample = 0; sample < samples; sample++) {
        await breathe()
        const before = sum
        sum = tf.tidy(() => {
          const added = tf.mul(tf.tensor(draws.normals(size, noise), [1, ...shape]), rangeOf(images))
          return tf.add(before, inputGradient(classifier, tf.add(images, added) as Tensor4D, classes))
        })
        before.dispose()
      }
      return tf.tidy(() => largestChannel(tf.div(sum, samples) as Tensor4D))
    } finally {
      sum.dispose()
    }
  },
})

/** Brightest minus darkest value of each image, batch x 1 x 1 x 1. */
function rangeOf(images: Tensor4D): Tensor {
  return tf.sub(tf.max(images, [1, 2, 3], true), tf.min(images, [1, 2, 3], true))
}
