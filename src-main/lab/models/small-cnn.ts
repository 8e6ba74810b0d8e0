/**
 * A three-layer convolutional network with batch normalisation (Ioffe and Szegedy, 2015), small enough to train on two
 * CPU cores in a minute. Global average pooling at the end makes it indifferent to where a pattern sits.
 */
import { z } from 'zod'
import { defineModel } from '../define.js'
import { createLayerBuilder } from '../nn/layers.js'
import { globalAveragePool, HALVE, maxPool } from '../nn/pooling.js'
import { markFeature } from '../nn/scope.js'
import { tf } from '../tf.js'
import { assemble } from './assemble.js'

const params = z.strictObject({
  width: z.int().min(1).max(256).default(16).meta({
    title: 'Width',
    unit: 'channels',
    description: 'Channels of the first layer; the second has twice, the third four times as many.',
  }),
})

export const smallCnn = defineModel({
  id: 'small-cnn',
  family: 'convolutional',
  title: 'Small CNN',
  summary: 'Three 3 x 3 convolutions with batch normalisation, two poolings, global average, one linear layer.',
  paper: null,
  params,

  paramsFor: ({ width }) => ({ width }),

  build({ width }, data) {
    const layers = createLayerBuilder()
    const conv1 = layers.conv2d('conv1', { from: data.shape.channels, to: width, kernel: 3, padding: 1, bias: false })
    const bn1 = layers.batchNorm('bn1', width, 'conv1')
    const conv2 = layers.conv2d('conv2', { from: width, to: 2 * width, kernel: 3, padding: 1, bias: false })
    const bn2 = layers.batchNorm('bn2', 2 * width, 'conv2')
    const conv3 = layers.conv2d('conv3', { from: 2 * width, to: 4 * width, kernel: 3, padding: 1, bias: false })
    const bn3 = layers.batchNorm('bn3', 4 * width, 'conv3')
    const fc = layers.linear('fc', { from: 4 * width, to: data.classNames.length })
    return assemble(data, layers, {
      features: [
        { name: 'conv1', channels: width, kind: 'map' },
        { name: 'conv2', channels: 2 * width, kind: 'map' },
        { name: 'conv3', channels: 4 * width, kind: 'map' },
        { name: 'pooled', channels: 4 * width, kind: 'vector' },
      ],
      classifierLayer: 'fc',
      forward(scope, x) {
        const h1 = markFeature(scope, 'conv1', tf.relu(bn1(scope, conv1(scope, x))))
        const h2 = markFeature(scope, 'conv2', tf.relu(bn2(scope, conv2(scope, maxPool(h1, HALVE)))))
        const h3 = markFeature(scope, 'conv3', tf.relu(bn3(scope, conv3(scope, maxPool(h2, HALVE)))))
        return fc(scope, markFeature(scope, 'pooled', globalAveragePool(h3)))
      },
    })
  },
})
