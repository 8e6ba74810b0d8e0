/**
 * WRN-16-1: Zagoruyko and Komodakis, "Wide Residual Networks", BMVC 2016 (arXiv 1605.07146), with depth 16 and widening
 * factor 1, which NAD's authors defend in their official code. Names of the weights and the three activations are theirs.
 */
import { z } from 'zod'
import { defineModel } from '../define.js'
import { kaimingFanOut, zero } from '../nn/initialization.js'
import { createLayerBuilder } from '../nn/layers.js'
import { globalAveragePool } from '../nn/pooling.js'
import { markFeature } from '../nn/scope.js'
import { tf } from '../tf.js'
import { assemble } from './assemble.js'
import { preActivationBlock, residualStages } from './residual.js'

const WIDTH = 16
const BLOCKS_PER_STAGE = 2

export const wrn16x1 = defineModel({
  id: 'wrn-16-1',
  family: 'residual',
  title: 'WRN-16-1',
  summary: 'The narrow, 16 layers deep residual network of the NAD paper; 175 thousand weights.',
  paper: {
    title: 'Wide Residual Networks',
    authors: 'Zagoruyko, Komodakis',
    year: 2016,
    url: 'https://arxiv.org/abs/1605.07146',
  },
  params: z.strictObject({}),

  paramsFor: () => ({}),

  build(_params, data) {
    const layers = createLayerBuilder({ conv: kaimingFanOut, bias: zero })
    const conv1 = layers.conv2d('conv1', { from: data.shape.channels, to: WIDTH, kernel: 3, padding: 1, bias: false })
    const stages = residualStages({
      width: WIDTH,
      blocks: [BLOCKS_PER_STAGE, BLOCKS_PER_STAGE, BLOCKS_PER_STAGE],
      stageName: (stage) => `block${stage}`,
      blockName: (index) => `layer.${index}`,
      block: (name, size) => preActivationBlock(layers, name, size, 'convShortcut'),
    })
    const bn1 = layers.batchNorm('bn1', stages.channels, null)
    const fc = layers.linear('fc', { from: stages.channels, to: data.classNames.length })
    return assemble(data, layers, {
      features: [...stages.features, { name: 'pooled', channels: stages.channels, kind: 'vector' }],
      classifierLayer: 'fc',
      forward(scope, x) {
        const h = stages.apply(scope, conv1(scope, x))
        return fc(scope, markFeature(scope, 'pooled', globalAveragePool(tf.relu(bn1(scope, h)))))
      },
    })
  },
})
