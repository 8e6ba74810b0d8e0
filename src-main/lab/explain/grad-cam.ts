/**
 * Grad-CAM. Selvaraju, Cogswell, Das, Vedantam, Parikh and Batra, "Grad-CAM: Visual Explanations from Deep Networks via
 * Gradient-based Localization", ICCV 2017 (arXiv 1610.02391). The channels of a layer are summed, each weighted by the mean
 * gradient of the class's logit over its map, and what is above 0 is kept.
 */
import { z } from 'zod'
import { defineExplainer } from '../define.js'
import { tf, type Tensor2D } from '../tf.js'
import { layerGradient } from './class-scores.js'
import { enlarged, layerOf, weightedMap } from './heat.js'

export const gradCam = defineExplainer({
  id: 'grad-cam',
  family: 'activation',
  title: 'Grad-CAM',
  summary: 'Channels of a layer, weighted by how the class depends on each of them on average.',
  paper: {
    title: 'Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization',
    authors: 'Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra',
    year: 2017,
    url: 'https://arxiv.org/abs/1610.02391',
  },
  params: z.strictObject({}),
  looksAt: 'layer',

  explain: async (_params, subject, images, classes) =>
    tf.tidy(() => {
      const { activation, gradient } = layerGradient(subject.classifier, layerOf(subject), images, classes)
      const weights = tf.mean(gradient, [1, 2]) as Tensor2D
      return enlarged(weightedMap(activation, weights), images)
    }),
})
