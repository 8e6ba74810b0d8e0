/**
 * A network from images to images of the same size: convolutions with poolings down, convolutions with enlargements up.
 * Nguyen and Tran, "Input-Aware Dynamic Backdoor Attack", NeurIPS 2020 (arXiv 2010.08138), appendix. There pixels are
 * enlarged bilinearly, here by repeating them.
 */
import type { TensorMap } from '../compute/tensor-map.js'
import type { ImageShape } from '../data/image-set.js'
import { createLayerBuilder, type Layer, type ParameterSpec } from '../nn/layers.js'
import { HALVE, maxPool } from '../nn/pooling.js'
import { createScope, type NormalizationMode } from '../nn/scope.js'
import { tf, type Tensor4D } from '../tf.js'

export interface ImageGenerator {
  readonly parameters: readonly ParameterSpec[]
  /**
   * Images (batch x height x width x channels, 0..1) to as many images in 0..1, and new running statistics; none in mode
   * `running`. Call inside `tf.tidy`.
   */
  generate(
    weights: TensorMap,
    images: Tensor4D,
    normalization: NormalizationMode,
  ): { made: Tensor4D; statistics: TensorMap }
}

export interface GeneratorSize {
  /** Channels of the first convolutions; each level down has twice as many. */
  readonly width: number
  /** How many times height and width are halved. */
  readonly levels: number
}

export function imageGenerator(
  { channels }: ImageShape,
  outChannels: number,
  { width, levels }: GeneratorSize,
): ImageGenerator {
  const layers = createLayerBuilder()
  const block = (name: string, from: number, to: number, isLast = false): Layer<Tensor4D, Tensor4D> => {
    const conv = layers.conv2d(`${name}.conv`, { from, to, kernel: 3, padding: 1, bias: false })
    const bn = layers.batchNorm(`${name}.bn`, to, `${name}.conv`)
    return (scope, x) => (isLast ? bn(scope, conv(scope, x)) : tf.relu(bn(scope, conv(scope, x))))
  }
  const widthAt = (level: number): number => width * 2 ** level
  const levelNumbers = Array.from({ length: levels }, (_, level) => level)
  const down = levelNumbers.map((level) => [
    block(`down${level}.0`, level === 0 ? channels : widthAt(level - 1), widthAt(level)),
    block(`down${level}.1`, widthAt(level), widthAt(level)),
  ])
  const middle = block('middle', widthAt(levels - 1), widthAt(levels - 1))
  const up = levelNumbers
    .toReversed()
    .map((level) => [
      block(`up${level}.0`, widthAt(level), widthAt(level)),
      level === 0
        ? block('up0.1', widthAt(0), outChannels, true)
        : block(`up${level}.1`, widthAt(level), widthAt(level - 1)),
    ])

  return {
    parameters: layers.parameters,
    generate(weights, images, normalization) {
      const scope = createScope(weights, normalization)
      const [count, height, width_] = images.shape
      const through = (h: Tensor4D, blocks: readonly Layer<Tensor4D, Tensor4D>[]): Tensor4D =>
        blocks.reduce((input, layer) => layer(scope, input), h)
      let h = middle(
        scope,
        down.reduce((input, blocks) => maxPool(through(input, blocks), HALVE), padded(images, 2 ** levels)),
      )
      for (const blocks of up) h = through(doubled(h), blocks)
      const cropped = tf.slice(h, [0, 0, 0, 0], [count, height, width_, outChannels])
      return { made: tf.add(tf.div(tf.tanh(cropped), 2), 0.5), statistics: scope.statistics }
    },
  }
}

/** With rows and columns of 0 below and to the right, up to a multiple of `unit`. */
function padded(images: Tensor4D, unit: number): Tensor4D {
  const [, height, width] = images.shape
  const [below, right] = [height, width].map((length) => (unit - (length % unit)) % unit) as [number, number]
  if (below === 0 && right === 0) return images
  return tf.pad(images, [
    [0, 0],
    [0, below],
    [0, right],
    [0, 0],
  ]) as Tensor4D
}

/** Every pixel twice in both directions. */
function doubled(x: Tensor4D): Tensor4D {
  const [count, height, width, channels] = x.shape
  const wide = tf.reshape(tf.concat([x, x], 3), [count, height, 2 * width * channels])
  return tf.reshape(tf.concat([wide, wide], 2), [count, 2 * height, 2 * width, channels])
}
