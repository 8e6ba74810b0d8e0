import { lossGradients } from '../../../src-main/lab/compute/gradients.js'
import { sgd } from '../../../src-main/lab/compute/optimizers.js'
import { disposeTensors, prefixed, tensorOf } from '../../../src-main/lab/compute/tensor-map.js'
import { createImageSet } from '../../../src-main/lab/data/image-set.js'
import { leastActiveFirst, pruningMasks } from '../../../src-main/lab/defenses/fine-pruning/prune.js'
import { meanActivations } from '../../../src-main/lab/evaluation/features.js'
import {
  attentionLoss,
  attentionMap,
  distillationStep,
  type AttendedFeature,
} from '../../../src-main/lab/defenses/nad/distillation-step.js'
import { tf, type Tensor4D } from '../../../src-main/lab/tf.js'
import { classifierState, classifierStep } from '../../../src-main/lab/training/classifier-step.js'
import type { GoldenCase, GoldenGroup } from '../../helpers/golden.js'
import { fill, fillInts, pixels } from '../fill.js'
import { differentiate } from './differentiate.js'
import { MOVED, networkWeights, runSteps, tiny, tinyNetwork } from './steps.js'

const { height, width, channels } = tiny.shape
const COUNT = 6
const nesterov = sgd({ momentum: 0.9, weightDecay: 0.01, nesterov: true })

const attention: GoldenCase = {
  name: 'attention map',
  run: () =>
    differentiate(
      'attention map',
      () => ({ x: fill('attention map/x', [2, 4, 5, 6]) }),
      ({ x }) => ({ y: attentionMap(x as Tensor4D) }),
    ),
}

const difference: GoldenCase = {
  name: 'attention loss',
  run: () =>
    tf.tidy(() => {
      const teacher = fill<Tensor4D>('attention loss/teacher', [2, 4, 5, 6])
      const { loss, gradients } = lossGradients(
        { student: fill('attention loss/student', [2, 4, 5, 6]) },
        (tensors) => ({
          loss: attentionLoss(tensorOf<Tensor4D>(tensors, 'student'), teacher),
        }),
      )
      return { loss, ...prefixed('gradient', gradients) }
    }),
}

const batches = (name: string) =>
  [0, 1].map((k) => ({
    images: pixels(`${name}/images${k}`, [COUNT, height, width, channels]),
    labels: fillInts(`${name}/labels${k}`, COUNT, tiny.classNames.length),
    learningRate: tf.scalar(0.02),
  }))

function distillation(name: string, attended: readonly AttendedFeature[]): GoldenCase {
  return {
    name,
    run: () => {
      const state = {
        ...classifierState(tinyNetwork, networkWeights(tinyNetwork, `${name}/weights`), nesterov),
        ...prefixed('teacher', networkWeights(tinyNetwork, `${name}/teacher`)),
      }
      return withoutConstants(runSteps(distillationStep(tinyNetwork, attended, nesterov, null), state, batches(name)))
    },
    tolerances: [[/^change\/weights\//, MOVED]],
  }
}

function fineTuning(name: string, layer: string, pruned: readonly number[]): GoldenCase {
  const isTrained = (weight: string): boolean => weight.startsWith(layer)
  return {
    name,
    run: () => {
      const weights = networkWeights(tinyNetwork, `${name}/weights`)
      const masks = pruningMasks({ network: tinyNetwork, weights }, pruned)
      const whole = weights['fc.weight']!
      weights['fc.weight'] = tf.mul(whole, masks['fc.weight']!)
      whole.dispose()
      const state = {
        ...classifierState(tinyNetwork, weights, nesterov, isTrained),
        ...prefixed('masks', masks),
      }
      return withoutConstants(runSteps(classifierStep(tinyNetwork, nesterov, { isTrained }), state, batches(name)))
    },
    tolerances: [[/^change\/weights\//, MOVED]],
  }
}

/** What a step never changes is no result. */
function withoutConstants(results: ReturnType<typeof runSteps>): ReturnType<typeof runSteps> {
  const entries = Object.entries(results)
  const isConstant = (name: string): boolean => /^change\/(teacher|masks)\//.test(name)
  disposeTensors(Object.fromEntries(entries.filter(([name]) => isConstant(name))))
  return Object.fromEntries(entries.filter(([name]) => !isConstant(name)))
}

const order: GoldenCase = {
  name: 'pruning order',
  run: () => {
    const count = 20
    const levels = fillInts('pruning order/pixels', count * height * width * channels, 256)
    const train = createImageSet(tiny.shape, Uint8Array.from(levels.dataSync()), new Uint8Array(count))
    const weights = networkWeights(tinyNetwork, 'pruning order/weights')
    const means = tf.tidy(() => meanActivations({ network: tinyNetwork, weights }, train))
    levels.dispose()
    disposeTensors(weights)
    return { means, order: tf.tensor1d(leastActiveFirst(means.dataSync())) }
  },
}

export const repairCases: GoldenGroup = {
  file: 'repairs',
  cases: [
    attention,
    difference,
    distillation('distillation, two steps', [
      { feature: 'conv1', beta: 500 },
      { feature: 'conv2', beta: 1000 },
      { feature: 'conv3', beta: 1000 },
    ]),
    distillation('distillation on the last map alone', [{ feature: 'conv3', beta: 700 }]),
    fineTuning('fine-tuning, two steps', '', []),
    fineTuning('fine-tuning of the classifier alone', 'fc.', []),
    fineTuning('fine-tuning with pruned channels', '', [1, 4, 5]),
    order,
  ],
}
