import type { ConvOptions, DepthwiseOptions } from '../../../src-main/lab/nn/layers.js'
import { everySecond, globalAveragePool, HALVE, maxPool } from '../../../src-main/lab/nn/pooling.js'
import type { NormalizationMode } from '../../../src-main/lab/nn/scope.js'
import { tf, type Tensor, type Tensor2D, type Tensor4D } from '../../../src-main/lab/tf.js'
import type { GoldenCase, GoldenGroup } from '../../helpers/golden.js'
import { fill, fillValues } from '../fill.js'
import { differentiate, differentiateLayer } from './differentiate.js'

function conv(name: string, [height, width]: readonly [number, number], options: ConvOptions): GoldenCase {
  const input = (): Tensor4D => fill(`${name}/x`, [2, height, width, options.from])
  return { name, run: () => differentiateLayer(name, (layers) => layers.conv2d('layer', options), [input]) }
}

function batchNorm(name: string, batches: number, scale: number, offset: number): GoldenCase {
  const inputs = Array.from(
    { length: batches },
    (_, batch) => (): Tensor4D => fill(`${name}/x${batch}`, [3, 4, 5, 6], scale, offset),
  )
  return { name, run: () => batchNormOf(name, inputs, 'batch') }
}

function batchNormOf(name: string, inputs: readonly (() => Tensor4D)[], mode: NormalizationMode) {
  return differentiateLayer(name, (layers) => layers.batchNorm('layer', 6, null), inputs, mode)
}

function linear(name: string, bias: boolean): GoldenCase {
  const input = (): Tensor2D => fill(`${name}/x`, [5, 7])
  return {
    name,
    run: () => differentiateLayer(name, (layers) => layers.linear('layer', { from: 7, to: 4, bias }), [input]),
  }
}

/** An activation, on an input that is exactly 0 in every third place, where the derivative is a convention. */
function activation(name: string, apply: (x: Tensor) => Tensor): GoldenCase {
  const input = (): Tensor =>
    tf.tensor(
      fillValues(`${name}/x`, 63).map((value, i) => (i % 3 === 0 ? 0 : value)),
      [7, 9],
    )
  return {
    name,
    run: () =>
      differentiate(
        name,
        () => ({ x: input() }),
        ({ x }) => ({ y: apply(x!) }),
      ),
  }
}

function depthwise(name: string, [height, width]: readonly [number, number], stride: number): GoldenCase {
  const options: DepthwiseOptions = { channels: 5, kernel: 3, stride, padding: 1 }
  const input = (): Tensor4D => fill(`${name}/x`, [2, height, width, 5])
  return { name, run: () => differentiateLayer(name, (layers) => layers.depthwiseConv2d('layer', options), [input]) }
}

function pool(
  name: string,
  [height, width]: readonly [number, number],
  apply: (x: Tensor4D) => Tensor,
  offset = 0,
): GoldenCase {
  return {
    name,
    run: () =>
      differentiate(
        name,
        () => ({ x: fill(`${name}/x`, [2, height, width, 3], 1, offset) }),
        ({ x }) => ({ y: apply(x as Tensor4D) }),
      ),
  }
}

const halved = (x: Tensor4D): Tensor => maxPool(x, HALVE)
const stem = (x: Tensor4D): Tensor => maxPool(x, { size: 3, stride: 2, padding: 1 })

const runningName = 'batch norm with running statistics'

export const layerCases: GoldenGroup = {
  file: 'layers',
  cases: [
    conv('conv 3x3', [6, 5], { from: 3, to: 4, kernel: 3, padding: 1, bias: false }),
    conv('conv 3x3 with bias', [5, 6], { from: 1, to: 3, kernel: 3, padding: 1 }),
    conv('conv 3x3 without padding', [6, 5], { from: 2, to: 3, kernel: 3, bias: false }),
    conv('conv 3x3 stride 2 on even sizes', [8, 6], { from: 2, to: 3, kernel: 3, stride: 2, padding: 1 }),
    conv('conv 3x3 stride 2 on odd sizes', [7, 5], { from: 2, to: 3, kernel: 3, stride: 2, padding: 1, bias: false }),
    conv('conv 1x1', [4, 5], { from: 3, to: 2, kernel: 1 }),
    conv('conv 1x1 stride 2', [6, 5], { from: 3, to: 4, kernel: 1, stride: 2, bias: false }),
    conv('conv 5x5', [6, 7], { from: 2, to: 3, kernel: 5, padding: 2, bias: false }),
    batchNorm('batch norm, one batch', 1, 2, 0.3),
    batchNorm('batch norm, two batches', 2, 2, 0.3),
    batchNorm('batch norm, far from zero', 1, 2, 20),
    // So close together that epsilon counts.
    batchNorm('batch norm, little variance', 1, 0.005, 0.01),
    {
      name: runningName,
      run: () => batchNormOf(runningName, [() => fill(`${runningName}/x`, [3, 4, 5, 6], 2, 0.3)], 'running'),
    },
    linear('linear', false),
    linear('linear with bias', true),
    activation('relu', tf.relu),
    activation('leaky relu', (x) => tf.leakyRelu(x, 0.2)),
    depthwise('depthwise conv 3x3', [6, 5], 1),
    depthwise('depthwise conv 3x3 stride 2 on even sizes', [8, 6], 2),
    depthwise('depthwise conv 3x3 stride 2 on odd sizes', [7, 5], 2),
    pool('max pool 2x2', [6, 8], halved),
    pool('max pool 2x2 on odd sizes', [7, 5], halved),
    // Below zero, where padding with zeros would win.
    pool('max pool 3x3 with padding on even sizes', [8, 6], stem, -2),
    pool('max pool 3x3 with padding on odd sizes', [7, 5], stem, -2),
    pool('every second pixel', [6, 5], everySecond),
    pool('global average', [6, 5], globalAveragePool),
  ],
}
