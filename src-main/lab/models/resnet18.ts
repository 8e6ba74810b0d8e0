/**
 * ResNet-18 (He, Zhang, Ren and Sun, CVPR 2016), with torchvision's names of the weights. The stem for small images is a
 * 3 x 3 convolution that keeps their size (TrojanZoo's `resnet18_comp`, and what most CIFAR code calls ResNet-18); the
 * stem for ImageNet is the paper's own (torchvision, and TrojanZoo's `resnet18` even on small images).
 */
import { z } from 'zod'
import { defineModel } from '../define.js'
import { kaimingFanOut } from '../nn/initialization.js'
import { createLayerBuilder } from '../nn/layers.js'
import { globalAveragePool, maxPool } from '../nn/pooling.js'
import { markFeature } from '../nn/scope.js'
import { tf } from '../tf.js'
import { assemble } from './assemble.js'
import { basicBlock, projectionShortcut, residualStages } from './residual.js'

const params = z.strictObject({
  stem: z.enum(['small-images', 'imagenet']).default('small-images').meta({
    title: 'Stem',
    description:
      'small-images: a 3 x 3 convolution at full size. imagenet: 7 x 7 with stride 2 and a max pooling, as published.',
  }),
  width: z.int().min(1).max(256).default(64).meta({
    title: 'Width',
    unit: 'channels',
    description: 'Channels of the first stage, 64 as published; every further stage has twice as many.',
  }),
})

export const resnet18 = defineModel({
  id: 'resnet18',
  family: 'residual',
  title: 'ResNet-18',
  summary: 'Eight residual blocks of two 3 x 3 convolutions in four stages; 11.2 million weights.',
  paper: {
    title: 'Deep Residual Learning for Image Recognition',
    authors: 'He, Zhang, Ren, Sun',
    year: 2016,
    url: 'https://arxiv.org/abs/1512.03385',
  },
  params,

  paramsFor: ({ kernel, width }) => ({ stem: kernel === 7 ? ('imagenet' as const) : ('small-images' as const), width }),

  build({ stem, width }, data) {
    const layers = createLayerBuilder({ conv: kaimingFanOut })
    const isSmall = stem === 'small-images'
    const window = isSmall ? { kernel: 3, stride: 1, padding: 1 } : { kernel: 7, stride: 2, padding: 3 }
    const conv1 = layers.conv2d('conv1', { from: data.shape.channels, to: width, ...window, bias: false })
    const bn1 = layers.batchNorm('bn1', width, 'conv1')
    const shortcut = projectionShortcut('downsample')
    const stages = residualStages({
      width,
      blocks: [2, 2, 2, 2],
      stageName: (stage) => `layer${stage}`,
      blockName: String,
      block: (name, size) => basicBlock(layers, name, size, shortcut),
    })
    const fc = layers.linear('fc', { from: stages.channels, to: data.classNames.length })
    return assemble(data, layers, {
      features: [...stages.features, { name: 'pooled', channels: stages.channels, kind: 'vector' }],
      classifierLayer: 'fc',
      forward(scope, x) {
        const activated = tf.relu(bn1(scope, conv1(scope, x)))
        const h = stages.apply(scope, isSmall ? activated : maxPool(activated, { size: 3, stride: 2, padding: 1 }))
        return fc(scope, markFeature(scope, 'pooled', globalAveragePool(h)))
      },
    })
  },
})
