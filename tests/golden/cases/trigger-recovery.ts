import { adam } from '../../../src-main/lab/compute/optimizers.js'
import { disposeTensors, prefixed, tensorOf, type TensorMap } from '../../../src-main/lab/compute/tensor-map.js'
import type { ImageShape } from '../../../src-main/lab/data/image-set.js'
import { createRng } from '../../../src-main/lab/random/rng.js'
import { tf, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D } from '../../../src-main/lab/tf.js'
import { createPatchGenerator, NOISE_SIZE } from '../../../src-main/lab/trigger-recovery/generator.js'
import {
  correctedBoundLoss,
  createStatisticsNetwork,
  informationBound,
} from '../../../src-main/lab/trigger-recovery/mutual-information.js'
import { recoveryStep } from '../../../src-main/lab/trigger-recovery/recovery-step.js'
import { stampPatches } from '../../../src-main/lab/trigger-recovery/stamp.js'
import { USUAL, type GoldenCase, type GoldenGroup } from '../../helpers/golden.js'
import { fill, fillInts, pixels } from '../fill.js'
import { differentiate } from './differentiate.js'
import { MOVED, MOVED_BY_ADAM, networkWeights, refilled, runSteps, tiny, tinyNetwork } from './steps.js'

/** The networks only tell the names and shapes of their weights by drawing them. */
const anyRng = createRng([1, 2, 3, 4])

const statisticsName = 'statistics network'

function statisticsNetwork(): TensorMap {
  const network = createStatisticsNetwork(NOISE_SIZE, 12, 6)
  return differentiate(
    statisticsName,
    () => ({
      ...refilled(network.initialWeights(anyRng), `${statisticsName}/weights`),
      noise: pixels(`${statisticsName}/noise`, [5, NOISE_SIZE]),
      patches: pixels(`${statisticsName}/patches`, [5, 12]),
    }),
    ({ noise, patches, ...weights }) => ({
      y: network.evaluate(weights, noise as Tensor2D, patches as Tensor2D),
    }),
  )
}

/** A bound as a function of what the statistics network says of pairs that belong together and of pairs that do not. */
function bound(name: string, compute: (joint: Tensor, marginal: Tensor) => Tensor, scale = 2, offset = 0): GoldenCase {
  return {
    name,
    run: () =>
      differentiate(
        name,
        () => ({
          joint: fill(`${name}/joint`, [8, 1], 2),
          marginal: fill(`${name}/marginal`, [8, 1], scale, offset),
        }),
        ({ joint, marginal }) => ({ y: compute(joint!, marginal!) }),
      ),
  }
}

function generatorOf(name: string, patch: ImageShape): GoldenCase {
  return {
    name,
    run: () => {
      const generator = createPatchGenerator(patch, 10)
      return differentiate(
        name,
        () => ({
          ...refilled(generator.initialWeights(anyRng), `${name}/weights`),
          noise: pixels(`${name}/noise`, [7, NOISE_SIZE]),
        }),
        ({ noise, ...weights }) => ({ y: generator.generate(weights, noise as Tensor2D) }),
      )
    },
    // Batch normalisation takes these biases out again, so only rounding is left of their gradients.
    tolerances: [[/^gradient\/fc[123]\.bias$/, { atMost: 1e-6 }]],
  }
}

/** One patch in each corner and one inside. */
function stamp(name: string, channels: number): GoldenCase {
  return {
    name,
    run: () =>
      tf.tidy(() => {
        const rows: Tensor1D = tf.tensor1d([0, 0, 3, 3, 1], 'int32')
        const columns: Tensor1D = tf.tensor1d([0, 5, 0, 5, 2], 'int32')
        return differentiate(
          name,
          () => ({
            images: pixels(`${name}/images`, [5, 6, 7, channels]),
            patches: pixels(`${name}/patches`, [5, 3, 2, channels]),
          }),
          ({ images, patches }) => ({ y: stampPatches(images as Tensor4D, patches as Tensor4D, rows, columns) }),
        )
      }),
  }
}

interface RecoveryOptions {
  readonly steps: number
  readonly targetClass: number
  readonly beta: number
  /** The moving average before the first step: 1 in real runs, less where its movement is to show. */
  readonly average: number
}

function recovery(name: string, { steps, targetClass, beta, average }: RecoveryOptions): GoldenCase {
  const count = 6
  const patch: ImageShape = { height: 3, width: 3, channels: tiny.shape.channels }
  const patchValues = patch.height * patch.width * patch.channels
  const { height, width, channels } = tiny.shape
  return {
    name,
    run: () => {
      const weights = networkWeights(tinyNetwork, `${name}/victim`)
      const generator = createPatchGenerator(patch, 8)
      const statistics = createStatisticsNetwork(NOISE_SIZE, patchValues, 8)
      const optimizer = adam({ beta1: 0.5, beta2: 0.999 })
      const generatorWeights = refilled(generator.initialWeights(anyRng), `${name}/generator`)
      const statisticsWeights = refilled(statistics.initialWeights(anyRng), `${name}/statistics`)
      const state = {
        ...prefixed('generator', generatorWeights),
        ...prefixed('statistics', statisticsWeights),
        ...prefixed('generatorOptimizer', optimizer.initialSlots(generatorWeights)),
        ...prefixed('statisticsOptimizer', optimizer.initialSlots(statisticsWeights)),
        average: tf.scalar(average),
      }
      const inputs = Array.from({ length: steps }, (_, k) => ({
        images: pixels(`${name}/images${k}`, [count, height, width, channels]),
        noise: pixels(`${name}/noise${k}`, [count, NOISE_SIZE]),
        otherNoise: pixels(`${name}/otherNoise${k}`, [count, NOISE_SIZE]),
        pixelNoise: fill(`${name}/pixelNoise${k}`, [count, patch.height, patch.width, channels], 0.2),
        rows: fillInts(`${name}/rows${k}`, count, height - patch.height + 1),
        columns: fillInts(`${name}/columns${k}`, count, width - patch.width + 1),
        target: tf.tensor2d([Array.from({ length: tinyNetwork.classes }, (_, each) => Number(each === targetClass))]),
        learningRate: tf.scalar(0.02),
      }))
      const victim = { network: tinyNetwork, weights }
      const step = recoveryStep({ victim, generator, statistics, alpha: 0.1, beta }, optimizer)
      const averages: number[] = []
      const moved = runSteps(step, state, inputs, (now) =>
        averages.push(tensorOf(now, 'average').dataSync()[0]! - average),
      )
      disposeTensors(weights)
      return { ...moved, averages: tf.tensor1d(averages) }
    },
    tolerances: [
      // Batch normalisation takes these biases out again. Their gradients are rounding alone, which Adam blows up to
      // steps as long as any other's: at most about the learning rate each.
      [/^change\/generator\/fc[123]\.bias$/, { atMost: 0.025 * steps }],
      [/^change\/generatorOptimizer\/(mean|square)\/fc[123]\.bias$/, { atMost: 1e-6 }],
      [/^change\/(generator|statistics)\//, MOVED_BY_ADAM],
      // They move so little that the rounding of the number itself shows.
      [/Power$/, MOVED],
      [/average/, { ...USUAL, fixed: 1e-7 * average }],
    ],
  }
}

const gray: ImageShape = { height: 3, width: 2, channels: 1 }
const coloured: ImageShape = { height: 2, width: 3, channels: 3 }

export const triggerRecoveryCases: GoldenGroup = {
  file: 'trigger-recovery',
  cases: [
    { name: statisticsName, run: statisticsNetwork },
    bound('information bound', informationBound),
    // So small that the floor under the logarithm counts.
    bound('information bound with a vanishing second term', informationBound, 1, -18),
    bound('corrected bound', (joint, marginal) => correctedBoundLoss(joint, marginal, tf.scalar(1.75))),
    generatorOf('generator of gray patches', gray),
    generatorOf('generator of coloured patches', coloured),
    stamp('stamp, 1 channel', 1),
    stamp('stamp, 3 channels', 3),
    recovery('one step of recovery', { steps: 1, targetClass: 2, beta: 0.342, average: 1 }),
    recovery('three steps of recovery', { steps: 3, targetClass: 0, beta: 0.29, average: 0.125 }),
  ],
}
