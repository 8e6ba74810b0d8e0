/**
 * Residual networks in stages: He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", CVPR 2016
 * (arXiv 1512.03385), and with activations first, "Identity Mappings in Deep Residual Networks", ECCV 2016
 * (arXiv 1603.05027).
 */
import type { Layer, LayerBuilder } from '../nn/layers.js'
import type { FeatureSpec } from '../nn/network.js'
import { everySecond } from '../nn/pooling.js'
import { markFeature } from '../nn/scope.js'
import { tf, type Tensor4D } from '../tf.js'

type MapLayer = Layer<Tensor4D, Tensor4D>

export interface BlockSize {
  readonly from: number
  readonly to: number
  readonly stride: number
}

export interface StageOptions {
  /** Channels of the first stage; every further stage has twice as many and halves height and width. */
  readonly width: number
  /** Blocks of each stage. */
  readonly blocks: readonly number[]
  /** Of the stage with this number, from 1: also that of the feature it ends in. */
  readonly stageName: (stage: number) => string
  /** Of a block within its stage, from 0. */
  readonly blockName: (index: number) => string
  readonly block: (name: string, size: BlockSize) => MapLayer
}

export interface Stages {
  readonly apply: MapLayer
  /** The end of each stage. */
  readonly features: readonly FeatureSpec[]
  /** Channels that come out of the last stage. */
  readonly channels: number
}

export function residualStages({ width, blocks, stageName, blockName, block }: StageOptions): Stages {
  let channels = width
  const stages = blocks.map((count, before) => {
    const name = stageName(before + 1)
    const to = width * 2 ** before
    const layers = Array.from({ length: count }, (_, index) => {
      const isFirst = index === 0
      const size = { from: isFirst ? channels : to, to, stride: isFirst && before > 0 ? 2 : 1 }
      return block(`${name}.${blockName(index)}`, size)
    })
    channels = to
    return { name, channels, layers }
  })
  return {
    channels,
    features: stages.map((stage) => ({ name: stage.name, channels: stage.channels, kind: 'map' })),
    apply: (scope, x) => stages.reduce((h, { name, layers }) => markFeature(scope, name, through(layers)(scope, h)), x),
  }
}

function through(layers: readonly MapLayer[]): MapLayer {
  return (scope, x) => layers.reduce((h, layer) => layer(scope, h), x)
}

const changesShape = ({ from, to, stride }: BlockSize): boolean => stride !== 1 || from !== to

/** How the input of a block gets the shape of its output. */
export type Shortcut = (layers: LayerBuilder, name: string, size: BlockSize) => MapLayer

/** A 1 x 1 convolution with batch normalisation (option B of the paper), as `<name>.0` and `<name>.1`. */
export function projectionShortcut(shortcutName: string): Shortcut {
  return (layers, name, { from, to, stride }) => {
    const conv = layers.conv2d(`${name}.${shortcutName}.0`, { from, to, kernel: 1, stride, bias: false })
    const bn = layers.batchNorm(`${name}.${shortcutName}.1`, to, `${name}.${shortcutName}.0`)
    return (scope, x) => bn(scope, conv(scope, x))
  }
}

/** Every second pixel, with channels of zeros on both sides (option A): no weights. */
export const zeroPaddedShortcut: Shortcut = (_layers, _name, { from, to }) => {
  const before = Math.floor((to - from) / 2)
  return (_scope, x) =>
    tf.pad(everySecond(x), [
      [0, 0],
      [0, 0],
      [0, 0],
      [before, to - from - before],
    ]) as Tensor4D
}

/** Two 3 x 3 convolutions, each with batch normalisation; ReLU after the first and after the sum. */
export function basicBlock(layers: LayerBuilder, name: string, size: BlockSize, shortcut: Shortcut): MapLayer {
  const { from, to, stride } = size
  const conv1 = layers.conv2d(`${name}.conv1`, { from, to, kernel: 3, stride, padding: 1, bias: false })
  const bn1 = layers.batchNorm(`${name}.bn1`, to, `${name}.conv1`)
  const conv2 = layers.conv2d(`${name}.conv2`, { from: to, to, kernel: 3, padding: 1, bias: false })
  const bn2 = layers.batchNorm(`${name}.bn2`, to, `${name}.conv2`)
  const reshape = changesShape(size) ? shortcut(layers, name, size) : null
  return (scope, x) => {
    const inner = bn2(scope, conv2(scope, tf.relu(bn1(scope, conv1(scope, x)))))
    return tf.relu(tf.add(inner, reshape === null ? x : reshape(scope, x)))
  }
}

/**
 * Batch normalisation and ReLU before each of two 3 x 3 convolutions, and nothing after the sum. Where the shape changes,
 * the shortcut is a bare 1 x 1 convolution of the activated input.
 */
export function preActivationBlock(
  layers: LayerBuilder,
  name: string,
  size: BlockSize,
  shortcutName: string,
): MapLayer {
  const { from, to, stride } = size
  const bn1 = layers.batchNorm(`${name}.bn1`, from, null)
  const conv1 = layers.conv2d(`${name}.conv1`, { from, to, kernel: 3, stride, padding: 1, bias: false })
  const bn2 = layers.batchNorm(`${name}.bn2`, to, `${name}.conv1`)
  const conv2 = layers.conv2d(`${name}.conv2`, { from: to, to, kernel: 3, padding: 1, bias: false })
  const shortcut = changesShape(size)
    ? layers.conv2d(`${name}.${shortcutName}`, { from, to, kernel: 1, stride, bias: false })
    : null
  return (scope, x) => {
    const activated = tf.relu(bn1(scope, x))
    const inner = conv2(scope, tf.relu(bn2(scope, conv1(scope, activated))))
    return tf.add(inner, shortcut === null ? x : shortcut(scope, activated))
  }
}
