/**
 * MobileNetV2: Sandler, Howard, Zhu, Zhmoginov and Chen, "Inverted Residuals and Linear Bottlenecks", CVPR 2018
 * (arXiv 1801.04381), in the variant for 32 x 32 images that CIFAR code has in common (kuangliu/pytorch-cifar, whose names
 * the weights have): the stem and the second stage keep their size, ReLU instead of ReLU6, and where a block keeps the
 * size but not the channels, a 1 x 1 convolution with batch normalisation as shortcut.
 */
import { z } from 'zod'
import { defineModel } from '../define.js'
import { createLayerBuilder, type Layer, type LayerBuilder } from '../nn/layers.js'
import { globalAveragePool } from '../nn/pooling.js'
import { markFeature } from '../nn/scope.js'
import { tf, type Tensor4D } from '../tf.js'
import { assemble } from './assemble.js'
import { projectionShortcut, type BlockSize } from './residual.js'

interface StageSpec {
  /** How many times as many channels a block works on as it takes in. */
  readonly expansion: number
  readonly channels: number
  readonly blocks: number
  /** Of the first block; the others keep the size. */
  readonly stride: number
  /** Name of the stage's end among the features: where height and width are about to be halved. */
  readonly feature?: string
}

const STAGES: readonly StageSpec[] = [
  { expansion: 1, channels: 16, blocks: 1, stride: 1 },
  { expansion: 6, channels: 24, blocks: 2, stride: 1, feature: 'stage2' },
  { expansion: 6, channels: 32, blocks: 3, stride: 2, feature: 'stage3' },
  { expansion: 6, channels: 64, blocks: 4, stride: 2 },
  { expansion: 6, channels: 96, blocks: 3, stride: 1, feature: 'stage5' },
  { expansion: 6, channels: 160, blocks: 3, stride: 2 },
  { expansion: 6, channels: 320, blocks: 1, stride: 1 },
]
/** Published channels of the stem, and of the map that is averaged. */
const STEM = 32
const LAST_MAP = 1280

const params = z.strictObject({
  width: z.int().min(4).max(128).multipleOf(4).default(STEM).meta({
    title: 'Width',
    unit: 'channels',
    description: 'Channels of the first convolution, 32 as published; all others in proportion.',
  }),
})

export const mobilenetV2 = defineModel({
  id: 'mobilenet-v2',
  family: 'depthwise',
  title: 'MobileNetV2',
  summary: 'Seventeen inverted residual blocks with depthwise convolutions, for small images; 2.3 million weights.',
  paper: {
    title: 'MobileNetV2: Inverted Residuals and Linear Bottlenecks',
    authors: 'Sandler, Howard, Zhu, Zhmoginov, Chen',
    year: 2018,
    url: 'https://arxiv.org/abs/1801.04381',
  },
  params,

  paramsFor: ({ width }) => ({ width }),

  build({ width }, data) {
    const scaled = (published: number): number => (published * width) / STEM
    const layers = createLayerBuilder()
    const conv1 = layers.conv2d('conv1', { from: data.shape.channels, to: width, kernel: 3, padding: 1, bias: false })
    const bn1 = layers.batchNorm('bn1', width, 'conv1')
    let from = width
    let position = 0
    const stages = STAGES.map(({ expansion, channels, blocks, stride, feature }) => ({
      feature,
      channels: scaled(channels),
      layers: Array.from({ length: blocks }, (_, index) => {
        const size = { from, to: scaled(channels), stride: index === 0 ? stride : 1 }
        from = size.to
        return invertedResidual(layers, `layers.${position++}`, size, expansion)
      }),
    }))
    const lastMap = scaled(LAST_MAP)
    const conv2 = layers.conv2d('conv2', { from, to: lastMap, kernel: 1, bias: false })
    const bn2 = layers.batchNorm('bn2', lastMap, 'conv2')
    const linear = layers.linear('linear', { from: lastMap, to: data.classNames.length })
    return assemble(data, layers, {
      features: [
        ...stages.flatMap(({ feature: name, channels }) =>
          name === undefined ? [] : [{ name, channels, kind: 'map' as const }],
        ),
        { name: 'conv2', channels: lastMap, kind: 'map' },
        { name: 'pooled', channels: lastMap, kind: 'vector' },
      ],
      classifierLayer: 'linear',
      forward(scope, x) {
        let h = tf.relu(bn1(scope, conv1(scope, x)))
        for (const stage of stages) {
          for (const block of stage.layers) h = block(scope, h)
          if (stage.feature !== undefined) h = markFeature(scope, stage.feature, h)
        }
        const last = markFeature(scope, 'conv2', tf.relu(bn2(scope, conv2(scope, h))))
        return linear(scope, markFeature(scope, 'pooled', globalAveragePool(last)))
      },
    })
  },
})

/** 1 x 1 to more channels, 3 x 3 on each of them, 1 x 1 back to few without ReLU. */
function invertedResidual(
  layers: LayerBuilder,
  name: string,
  size: BlockSize,
  expansion: number,
): Layer<Tensor4D, Tensor4D> {
  const { from, to, stride } = size
  const inner = expansion * from
  const conv1 = layers.conv2d(`${name}.conv1`, { from, to: inner, kernel: 1, bias: false })
  const bn1 = layers.batchNorm(`${name}.bn1`, inner, `${name}.conv1`)
  const conv2 = layers.depthwiseConv2d(`${name}.conv2`, { channels: inner, kernel: 3, stride, padding: 1 })
  const bn2 = layers.batchNorm(`${name}.bn2`, inner, `${name}.conv2`)
  const conv3 = layers.conv2d(`${name}.conv3`, { from: inner, to, kernel: 1, bias: false })
  const bn3 = layers.batchNorm(`${name}.bn3`, to, `${name}.conv3`)
  const reshape = stride === 1 && from !== to ? projectionShortcut('shortcut')(layers, name, size) : null
  return (scope, x) => {
    const expanded = tf.relu(bn1(scope, conv1(scope, x)))
    const filtered = tf.relu(bn2(scope, conv2(scope, expanded)))
    const h = bn3(scope, conv3(scope, filtered))
    if (stride !== 1) return h
    return tf.add(h, reshape === null ? x : reshape(scope, x))
  }
}
