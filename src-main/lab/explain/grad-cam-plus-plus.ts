/**
 * Grad-CAM++. Chattopadhay, Sarkar, Howlader and Balasubramanian, "Grad-CAM++: Generalized Gradient-Based Visual
 * Explanations for Deep Convolutional Networks", WACV 2018 (arXiv 1710.11063). As Grad-CAM, but each pixel of a channel has
 * a share of its own in the channel's weight (equation 19), and only pixels that speak for the class count. The paper
 * explains the exponential of the logit; the common factor that this gives is left out, as heat has no unit.
 */
import { z } from 'zod'
import { defineExplainer } from '../define.js'
import { tf, type Tensor2D } from '../tf.js'
import { layerGradient } from './class-scores.js'
import { enlarged, layerOf, weightedMap } from './heat.js'

export const gradCamPlusPlus = defineExplainer({
  id: 'grad-cam-plus-plus',
  family: 'activation',
  title: 'Grad-CAM++',
  summary: 'Grad-CAM that does justice to several places of the same kind: each pixel of a channel has a weight.',
  paper: {
    title: 'Grad-CAM++: Generalized Gradient-Based Visual Explanations for Deep Convolutional Networks',
    authors: 'Chattopadhay, Sarkar, Howlader, Balasubramanian',
    year: 2018,
    url: 'https://arxiv.org/abs/1710.11063',
  },
  params: z.strictObject({}),
  looksAt: 'layer',

  explain: async (_params, subject, images, classes) =>
    tf.tidy(() => {
      const { activation, gradient } = layerGradient(subject.classifier, layerOf(subject), images, classes)
      const square = tf.square(gradient)
      const cube = tf.mul(square, gradient)
      const divisor = tf.add(tf.mul(square, 2), tf.mul(tf.sum(activation, [1, 2], true), cube))
      const share = tf.divNoNan(square, divisor)
      const weights = tf.sum(tf.mul(share, tf.relu(gradient)), [1, 2]) as Tensor2D
      return enlarged(weightedMap(activation, weights), images)
    }),
})
