/**
 * The residual networks for CIFAR-10 of He, Zhang, Ren and Sun (CVPR 2016, section 4.2): 6n + 2 layers in three stages,
 * shortcuts without weights (option A). Names and initialisation are those of the widely used PyTorch version
 * (akamaster/pytorch_resnet_cifar10).
 */
import { z } from 'zod'
import { defineModel } from '../define.js'
import { kaimingFanIn } from '../nn/initialization.js'
import { createLayerBuilder } from '../nn/layers.js'
import { globalAveragePool } from '../nn/pooling.js'
import { markFeature } from '../nn/scope.js'
import { tf } from '../tf.js'
import { assemble } from './assemble.js'
import { basicBlock, residualStages, zeroPaddedShortcut } from './residual.js'

const params = z.strictObject({
  width: z.int().min(2).max(256).multipleOf(2).default(16).meta({
    title: 'Width',
    unit: 'channels',
    description: 'Channels of the first stage, 16 as published; every further stage has twice as many.',
  }),
})

function cifarResnet(blocksPerStage: number, size: string) {
  const depth = 6 * blocksPerStage + 2
  return defineModel({
    id: `resnet${depth}`,
    family: 'residual',
    title: `ResNet-${depth}`,
    summary: `The paper's residual network for CIFAR-10 with ${depth} layers; ${size} weights.`,
    paper: {
      title: 'Deep Residual Learning for Image Recognition',
      authors: 'He, Zhang, Ren, Sun',
      year: 2016,
      url: 'https://arxiv.org/abs/1512.03385',
    },
    params,

    paramsFor: ({ width }) => ({ width }),

    build({ width }, data) {
      const layers = createLayerBuilder({ conv: kaimingFanIn, linear: kaimingFanIn })
      const conv1 = layers.conv2d('conv1', { from: data.shape.channels, to: width, kernel: 3, padding: 1, bias: false })
      const bn1 = layers.batchNorm('bn1', width, 'conv1')
      const stages = residualStages({
        width,
        blocks: [blocksPerStage, blocksPerStage, blocksPerStage],
        stageName: (stage) => `layer${stage}`,
        blockName: String,
        block: (name, blockSize) => basicBlock(layers, name, blockSize, zeroPaddedShortcut),
      })
      const linear = layers.linear('linear', { from: stages.channels, to: data.classNames.length })
      return assemble(data, layers, {
        features: [...stages.features, { name: 'pooled', channels: stages.channels, kind: 'vector' }],
        classifierLayer: 'linear',
        forward(scope, x) {
          const h = stages.apply(scope, tf.relu(bn1(scope, conv1(scope, x))))
          return linear(scope, markFeature(scope, 'pooled', globalAveragePool(h)))
        },
      })
    },
  })
}

export const resnet8 = cifarResnet(1, '75 thousand')
export const resnet20 = cifarResnet(3, '270 thousand')
