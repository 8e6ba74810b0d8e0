import { adam } from '../../../src-main/lab/compute/optimizers.js'
import { disposeTensors, prefixed, type TensorMap } from '../../../src-main/lab/compute/tensor-map.js'
import { createImageSet } from '../../../src-main/lab/data/image-set.js'
import { tf, type Tensor } from '../../../src-main/lab/tf.js'
import { meanActivations } from '../../../src-main/lab/evaluation/features.js'
import { highest, weightSums } from '../../../src-main/lab/trigger-crafting/neurons.js'
import {
  neuronLoss,
  signedPatchStep,
  tanhOf,
  tanhPatchStep,
  targetLoss,
} from '../../../src-main/lab/trigger-crafting/patch-step.js'
import { USUAL, type GoldenCase, type GoldenGroup } from '../../helpers/golden.js'
import { fill, fillInts, fillValues, pixels } from '../fill.js'
import { MOVED_BY_ADAM, networkWeights, runSteps, tiny, tinyNetwork } from './steps.js'

const { height, width, channels } = tiny.shape
const PATCH = [3, 2, channels] as const
const AT = { row: 4, column: 5 }
const NEURONS = [1, 5, 10]
const VALUE = 4

function ordered(name: string, compute: () => Tensor, direction: 1 | -1): TensorMap {
  const values = tf.tidy(compute)
  const numbers = values.dataSync().map((value) => direction * value)
  return { [name]: values, order: tf.tensor1d(highest(numbers, numbers.length), 'float32') }
}

function byActivity(name: string): TensorMap {
  const weights = networkWeights(tinyNetwork, `${name}/weights`)
  const count = 7
  const bytes = fillInts(`${name}/images`, count * height * width * channels, 256)
  const set = createImageSet(tiny.shape, Uint8Array.from(bytes.dataSync()), new Uint8Array(count))
  const result = ordered('means', () => meanActivations({ network: tinyNetwork, weights }, set), -1)
  disposeTensors({ bytes, ...weights })
  return result
}

function adamState(patch: Tensor, cover: Tensor): TensorMap {
  return { patch, cover, ...prefixed('optimizer', adam({ beta1: 0.9, beta2: 0.999 }).initialSlots({ patch })) }
}

/** Only the patch and the loss are stored: the optimizer has cases of its own. */
function patchAndLoss({ 'change/patch': patch, 'output/loss': loss, ...others }: TensorMap): TensorMap {
  disposeTensors(others)
  return { 'change/patch': patch!, 'output/loss': loss! }
}

const adamNeurons: GoldenCase = {
  name: 'neurons, two steps of Adam',
  run() {
    const weights = networkWeights(tinyNetwork, `${this.name}/weights`)
    const start = tf.tensor3d(tanhOf(fillValues(`${this.name}/patch`, 3 * 2 * channels, 0.5, 0.5)), [...PATCH])
    const loss = neuronLoss({ network: tinyNetwork, weights }, NEURONS, VALUE, AT)
    const results = runSteps(
      tanhPatchStep(loss, adam({ beta1: 0.9, beta2: 0.999 })),
      adamState(tf.clone(start), pixels(`${this.name}/cover`, PATCH)),
      [0.1, 0.05].map((rate) => ({ learningRate: tf.scalar(rate) })),
    )
    disposeTensors(weights)
    return { start, ...patchAndLoss(results) }
  },
  tolerances: [[/^change/, MOVED_BY_ADAM]],
}

const signedNeurons: GoldenCase = {
  name: 'neurons, two signed steps',
  run() {
    const weights = networkWeights(tinyNetwork, `${this.name}/weights`)
    const patch = pixels(`${this.name}/patch`, PATCH)
    const loss = neuronLoss({ network: tinyNetwork, weights }, NEURONS, VALUE, AT)
    const results = runSteps(
      signedPatchStep(loss, 0.15),
      { patch, anchor: tf.clone(patch), cover: pixels(`${this.name}/cover`, PATCH) },
      [0.1, 0.1].map((size) => ({ stepSize: tf.scalar(size) })),
    )
    disposeTensors(weights)
    return patchAndLoss(results)
  },
  tolerances: [[/^change/, { ...USUAL, fixed: 2e-7 }]],
}

const imcInner: GoldenCase = {
  name: 'IMC, two inner steps',
  run() {
    const weights = networkWeights(tinyNetwork, `${this.name}/weights`)
    const results = runSteps(
      tanhPatchStep(targetLoss({ network: tinyNetwork, weights }, AT), adam({ beta1: 0.9, beta2: 0.999 })),
      adamState(fill(`${this.name}/patch`, PATCH, 2), pixels(`${this.name}/cover`, PATCH)),
      [0, 1].map((k) => ({
        images: pixels(`${this.name}/images${k}`, [6, height, width, channels]),
        targets: fillInts(`${this.name}/targets${k}`, 6, tiny.classNames.length),
        learningRate: tf.scalar(0.1),
      })),
    )
    disposeTensors(weights)
    return patchAndLoss(results)
  },
  tolerances: [[/^change/, MOVED_BY_ADAM]],
}

export const triggerCraftingCases: GoldenGroup = {
  file: 'trigger-crafting',
  cases: [
    {
      name: 'neurons by their weights',
      run() {
        return ordered('sums', () => weightSums(fill(`${this.name}/weight`, [12, 5])), 1)
      },
    },
    {
      name: 'neurons by their activity',
      run() {
        return byActivity(this.name)
      },
    },
    adamNeurons,
    signedNeurons,
    imcInner,
  ],
}
