/**
 * Occlusion. Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014 (arXiv 1311.2901,
 * section 4.2): a square covers one place after the other, and each pixel gets the mean drop of the class's probability
 * over the squares that cover it.
 */
import { z } from 'zod'
import { defineExplainer } from '../define.js'
import { tf, type Tensor, type Tensor3D, type Tensor4D } from '../tf.js'
import { classProbabilities } from './class-scores.js'
import { emptyImage, EmptyPixels } from './empty-pixels.js'

const params = z
  .strictObject({
    size: z.int().min(1).max(64).default(4).meta({ title: 'Square', unit: 'pixels', description: 'Its side.' }),
    stride: z.int().min(1).max(64).default(2).meta({
      title: 'Stride',
      unit: 'pixels',
      description: 'From one place to the next; at most the side, so that no pixel is left out.',
    }),
    cover: EmptyPixels.default('mean').meta({
      title: 'Cover',
      description: "What the square shows: the mean colour of the dataset's images, or black.",
    }),
  })
  .refine(({ size, stride }) => stride <= size, {
    path: ['stride'],
    message: 'must be at most the side of the square, or some pixels are never covered',
  })

export const occlusion = defineExplainer({
  id: 'occlusion',
  family: 'perturbation',
  title: 'Occlusion',
  summary: 'Covers one place after the other with a square and sees how much of the probability is lost.',
  paper: {
    title: 'Visualizing and Understanding Convolutional Networks',
    authors: 'Zeiler, Fergus',
    year: 2014,
    url: 'https://arxiv.org/abs/1311.2901',
  },
  params,
  looksAt: 'input',

  async explain({ size, stride, cover }, { classifier }, images, classes, { breathe }) {
    const [count, height, width] = images.shape
    const square = { height: Math.min(size, height), width: Math.min(size, width) }
    const empty = emptyImage(cover, classifier.network)
    const whole = classProbabilities(classifier, images, classes)
    let drops: Tensor = tf.zeros([count, height, width])
    const covered = new Float32Array(height * width)
    try {
      for (const top of starts(height, square.height, stride)) {
        await breathe()
        for (const left of starts(width, square.width, stride)) {
          const mask = squareMask(height, width, top, left, square)
          mask.forEach((each, pixel) => (covered[pixel]! += each))
          const before = drops
          drops = tf.tidy(() => {
            const hidden = tf.tensor4d(mask, [1, height, width, 1])
            const left4d = tf.add(tf.mul(images, tf.sub(1, hidden)), tf.mul(empty, hidden)) as Tensor4D
            const drop = tf.sub(whole, classProbabilities(classifier, left4d, classes))
            return tf.add(before, tf.mul(tf.reshape(drop, [count, 1, 1]), tf.tensor3d(mask, [1, height, width])))
          })
          before.dispose()
        }
      }
      return tf.tidy(() => tf.div(drops, tf.tensor3d(covered, [1, height, width])) as Tensor3D)
    } finally {
      tf.dispose([empty, whole, drops])
    }
  },
})

/** Where squares begin along a side: every `stride` pixels, and one that ends with the side. */
function starts(side: number, square: number, stride: number): number[] {
  const last = side - square
  const regular = Array.from({ length: Math.floor(last / stride) + 1 }, (_, index) => index * stride)
  return regular.at(-1) === last ? regular : [...regular, last]
}

/** 1 where the square is. */
function squareMask(
  height: number,
  width: number,
  top: number,
  left: number,
  square: { height: number; width: number },
): Float32Array {
  const mask = new Float32Array(height * width)
  for (let row = top; row < top + square.height; row++) {
    mask.fill(1, row * width + left, row * width + left + square.width)
  }
  return mask
}
