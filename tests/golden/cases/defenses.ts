import { sgd } from '../../../src-main/lab/compute/optimizers.js'
import { disposeTensors, prefixed, type TensorMap } from '../../../src-main/lab/compute/tensor-map.js'
import { maskStep } from '../../../src-main/lab/defenses/anp/mask-step.js'
import { channelBounds, outstanding } from '../../../src-main/lab/defenses/clp.js'
import { reverseOptimizer } from '../../../src-main/lab/defenses/neural-cleanse/reverse.js'
import { reverseStep } from '../../../src-main/lab/defenses/neural-cleanse/reverse-step.js'
import { samStep } from '../../../src-main/lab/defenses/ft-sam/sam-step.js'
import { tf, type Tensor } from '../../../src-main/lab/tf.js'
import { classifierState } from '../../../src-main/lab/training/classifier-step.js'
import type { GoldenCase, GoldenGroup } from '../../helpers/golden.js'
import { fill, fillInts, fillValues, pixels } from '../fill.js'
import { MOVED, MOVED_BY_ADAM, networkWeights, runSteps, tiny, tinyNetwork } from './steps.js'

const { height, width, channels } = tiny.shape
const COUNT = 6
const { normalizations } = tinyNetwork

const batch = (name: string, k: number): TensorMap => ({
  images: pixels(`${name}/images${k}`, [COUNT, height, width, channels]),
  labels: fillInts(`${name}/labels${k}`, COUNT, tiny.classNames.length),
})

/** The optimizers have cases of their own. */
function withoutSlots(results: TensorMap): TensorMap {
  const isSlot = ([name]: [string, Tensor]): boolean => name.startsWith('change/optimizer')
  const entries = Object.entries(results)
  disposeTensors(Object.fromEntries(entries.filter(isSlot)))
  return Object.fromEntries(entries.filter((entry) => !isSlot(entry)))
}

const bounds: GoldenCase = {
  name: 'CLP, bounds of channels',
  async run() {
    const weights = networkWeights(tinyNetwork, `${this.name}/weights`)
    const found: Record<string, Tensor> = {}
    for (const { name, convolution, ...layer } of normalizations) {
      if (convolution === null) continue
      found[`bound/${name}`] = tf.tensor1d(await channelBounds(weights, { ...layer, name, convolution }))
    }
    disposeTensors(weights)
    return found
  },
}

const standingOut = [0.5, 1.5].map((deviations): GoldenCase => ({
  name: `CLP, outstanding channels, u ${deviations}`,
  run: () => ({
    channels: tf.tensor1d(outstanding([...fillValues('CLP, outstanding channels/values', 40, 0.5, 1)], deviations)),
  }),
}))

function sam(name: string, radius: number, isAdaptive: boolean, labelSmoothing: number): GoldenCase {
  return {
    name,
    tolerances: [[/^change/, MOVED]],
    run() {
      const optimizer = sgd({ momentum: 0.9, weightDecay: 0.01 })
      const options = { radius, isAdaptive, labelSmoothing, augmentation: null }
      const results = runSteps(
        samStep(tinyNetwork, optimizer, options),
        classifierState(tinyNetwork, networkWeights(tinyNetwork, `${name}/weights`), optimizer),
        [0, 1].map((k) => ({ ...batch(name, k), learningRate: tf.scalar(0.02) })),
      )
      return withoutSlots(results)
    },
  }
}

function anp(name: string, ascents: number): GoldenCase {
  return {
    name,
    tolerances: [[/^change/, MOVED]],
    run() {
      const optimizer = sgd({ momentum: 0.9, weightDecay: 0 })
      const weights = networkWeights(tinyNetwork, `${name}/weights`)
      const each = (label: string, scale: number, offset = 0): TensorMap =>
        Object.fromEntries(
          normalizations.map((bn) => [bn.name, fill(`${name}/${label}/${bn.name}`, [bn.channels], scale, offset)]),
        )
      const masks = each('masks', 0.3, 0.7)
      const results = runSteps(
        maskStep({ network: tinyNetwork, weights }, optimizer, { epsilon: 0.4, ascents, cleanShare: 0.2 }),
        { ...prefixed('masks', masks), ...prefixed('optimizer', optimizer.initialSlots(masks)) },
        [0, 1].map((k) => ({
          ...batch(name, k),
          ...prefixed('scales', each(`scales${k}`, 0.4)),
          ...prefixed('offsets', each(`offsets${k}`, 0.4)),
          learningRate: tf.scalar(0.2),
        })),
      )
      disposeTensors(weights)
      return withoutSlots(results)
    },
  }
}

const neuralCleanse: GoldenCase = {
  name: 'Neural Cleanse, two steps',
  tolerances: [[/^change/, MOVED_BY_ADAM]],
  run() {
    const weights = networkWeights(tinyNetwork, `${this.name}/weights`)
    const parameters = {
      mask: fill(`${this.name}/mask`, [height, width, 1]),
      pattern: fill(`${this.name}/pattern`, [height, width, channels]),
    }
    const results = runSteps(
      reverseStep({ network: tinyNetwork, weights }, reverseOptimizer),
      { ...parameters, ...prefixed('optimizer', reverseOptimizer.initialSlots(parameters)) },
      [0, 1].map((k) => ({
        images: pixels(`${this.name}/images${k}`, [COUNT, height, width, channels]),
        targets: tf.fill([COUNT], 2, 'int32'),
        cost: tf.scalar(0.01),
        learningRate: tf.scalar(0.1),
      })),
    )
    disposeTensors(weights)
    const { 'output/mask': mask, 'output/pattern': pattern, ...others } = withoutSlots(results)
    tf.dispose([mask!, pattern!])
    return others
  },
}

export const defenseCases: GoldenGroup = {
  file: 'defenses',
  cases: [
    bounds,
    ...standingOut,
    sam('SAM, two adaptive steps', 2, true, 0.1),
    sam('SAM, two plain steps', 0.05, false, 0),
    anp('ANP, two steps', 1),
    anp('ANP, two steps of three ascents', 3),
    neuralCleanse,
  ],
}
