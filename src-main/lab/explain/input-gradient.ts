/**
 * Input gradient. Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks: Visualising Image Classification
 * Models and Saliency Maps", 2014 (arXiv 1312.6034, section 3.1): the size of the gradient of the class's logit at each
 * pixel, the largest of its channels.
 */
import { z } from 'zod'
import { defineExplainer } from '../define.js'
import { tf } from '../tf.js'
import { inputGradient as gradientOf } from './class-scores.js'
import { largestChannel } from './heat.js'

export const inputGradient = defineExplainer({
  id: 'input-gradient',
  family: 'gradient',
  title: 'Input gradient',
  summary: 'How much the class depends on a small change of each pixel.',
  paper: {
    title: 'Deep Inside Convolutional Networks: Visualising Image Classification Models and Saliency Maps',
    authors: 'Simonyan, Vedaldi, Zisserman',
    year: 2014,
    url: 'https://arxiv.org/abs/1312.6034',
  },
  params: z.strictObject({}),
  looksAt: 'input',

  explain: async (_params, { classifier }, images, classes) =>
    tf.tidy(() => largestChannel(gradientOf(classifier, images, classes))),
})
