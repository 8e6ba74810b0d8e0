/**
 * PreAct-ResNet-18 (He, Zhang, Ren and Sun, ECCV 2016) as BackdoorBench has it: a 3 x 3 stem, and neither batch
 * normalisation nor ReLU between the last block and the average. The names of the weights are the same.
 */
import { z } from 'zod'
import { defineModel } from '../define.js'
import { createLayerBuilder } from '../nn/layers.js'
import { globalAveragePool } from '../nn/pooling.js'
import { markFeature } from '../nn/scope.js'
import { assemble } from './assemble.js'
import { preActivationBlock, residualStages } from './residual.js'

const params = z.strictObject({
  width: z.int().min(1).max(256).default(64).meta({
    title: 'Width',
    unit: 'channels',
    description: 'Channels of the first stage, 64 as published; every further stage has twice as many.',
  }),
})

export const preactResnet18 = defineModel({
  id: 'preact-resnet18',
  family: 'residual',
  title: 'PreAct-ResNet-18',
  summary: "ResNet-18 with activations before the convolutions: BackdoorBench's usual victim; 11.2 million weights.",
  paper: {
    title: 'Identity Mappings in Deep Residual Networks',
    authors: 'He, Zhang, Ren, Sun',
    year: 2016,
    url: 'https://arxiv.org/abs/1603.05027',
  },
  params,

  paramsFor: ({ width }) => ({ width }),

  build({ width }, data) {
    const layers = createLayerBuilder()
    const conv1 = layers.conv2d('conv1', { from: data.shape.channels, to: width, kernel: 3, padding: 1, bias: false })
    const stages = residualStages({
      width,
      blocks: [2, 2, 2, 2],
      stageName: (stage) => `layer${stage}`,
      blockName: String,
      block: (name, size) => preActivationBlock(layers, name, size, 'shortcut.0'),
    })
    const linear = layers.linear('linear', { from: stages.channels, to: data.classNames.length })
    return assemble(data, layers, {
      features: [...stages.features, { name: 'pooled', channels: stages.channels, kind: 'vector' }],
      classifierLayer: 'linear',
      forward: (scope, x) =>
        linear(scope, markFeature(scope, 'pooled', globalAveragePool(stages.apply(scope, conv1(scope, x))))),
    })
  },
})
