/**
 * VGG-16 with batch normalisation: Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
 * Recognition", ICLR 2015 (arXiv 1409.1556). The convolutions have torchvision's names (`features.0` to `features.41`).
 * Its three classifying layers, made for 7 x 7 pixels, would hold nine of ten weights; instead there is one,
 * `classifier`, after the global average, as in most CIFAR code.
 */
import { z } from 'zod'
import { defineModel } from '../define.js'
import { kaimingFanOut, zero } from '../nn/initialization.js'
import { createLayerBuilder } from '../nn/layers.js'
import { globalAveragePool, HALVE, maxPool } from '../nn/pooling.js'
import { markFeature } from '../nn/scope.js'
import { tf, type Tensor4D } from '../tf.js'
import { assemble } from './assemble.js'

/** Convolutions of each block, and how many times the first block's channels they have; a pooling ends each block. */
const BLOCKS = [
  { convs: 2, factor: 1 },
  { convs: 2, factor: 2 },
  { convs: 3, factor: 4 },
  { convs: 3, factor: 8 },
  { convs: 3, factor: 8 },
] as const
/** Positions that torchvision counts for a convolution with its batch normalisation and ReLU, and for a pooling. */
const POSITIONS = { conv: 3, pool: 1 }

const params = z.strictObject({
  width: z.int().min(1).max(256).default(64).meta({
    title: 'Width',
    unit: 'channels',
    description: 'Channels of the first block, 64 as published; the others have 2, 4, 8 and 8 times as many.',
  }),
})

export const vgg16Bn = defineModel({
  id: 'vgg16-bn',
  family: 'convolutional',
  title: 'VGG-16-BN',
  summary: 'Thirteen 3 x 3 convolutions in five blocks, then one linear layer; 14.7 million weights.',
  paper: {
    title: 'Very Deep Convolutional Networks for Large-Scale Image Recognition',
    authors: 'Simonyan, Zisserman',
    year: 2015,
    url: 'https://arxiv.org/abs/1409.1556',
  },
  params,

  paramsFor: ({ width }) => ({ width }),

  build({ width }, data) {
    const layers = createLayerBuilder({
      conv: kaimingFanOut,
      linear: () => ({ kind: 'normal', deviation: 0.01 }),
      bias: zero,
    })
    let position = 0
    let from = data.shape.channels
    const blocks = BLOCKS.map(({ convs: count, factor }) => {
      const to = factor * width
      const convs = Array.from({ length: count }, () => {
        const conv = layers.conv2d(`features.${position}`, { from, to, kernel: 3, padding: 1 })
        const bn = layers.batchNorm(`features.${position + 1}`, to, `features.${position}`)
        position += POSITIONS.conv
        from = to
        return { conv, bn }
      })
      position += POSITIONS.pool
      return convs
    })
    const classifier = layers.linear('classifier', { from, to: data.classNames.length })
    const featureName = (block: number): string => `block${block + 1}`
    return assemble(data, layers, {
      features: [
        ...BLOCKS.map(({ factor }, block) => ({
          name: featureName(block),
          channels: factor * width,
          kind: 'map' as const,
        })),
        { name: 'pooled', channels: from, kind: 'vector' },
      ],
      classifierLayer: 'classifier',
      forward(scope, x) {
        const last = blocks.reduce((input, convs, block) => {
          const h = convs.reduce((before, { conv, bn }) => tf.relu(bn(scope, conv(scope, before))), input)
          return halved(markFeature(scope, featureName(block), h))
        }, x)
        return classifier(scope, markFeature(scope, 'pooled', globalAveragePool(last)))
      },
    })
  },
})

/** Images of fewer than 32 pixels come down to a single one early, which no pooling can halve. */
function halved(x: Tensor4D): Tensor4D {
  const [, height, width] = x.shape
  return Math.min(height, width) < HALVE.size ? x : maxPool(x, HALVE)
}
