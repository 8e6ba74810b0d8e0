import { clipGradients, sgd, type Optimizer } from '../../../src-main/lab/compute/optimizers.js'
import type { Step } from '../../../src-main/lab/compute/step.js'
import { disposeTensors, prefixed, type TensorMap } from '../../../src-main/lab/compute/tensor-map.js'
import { globalAscentStep, isolationStep, type TrappedLoss } from '../../../src-main/lab/defenses/abl/steps.js'
import { hypergradientStep, perturbationStep } from '../../../src-main/lab/defenses/i-bau/unlearning-step.js'
import { ascentStep, maskStep } from '../../../src-main/lab/defenses/rnp/steps.js'
import { tf } from '../../../src-main/lab/tf.js'
import { classifierState } from '../../../src-main/lab/training/classifier-step.js'
import type { GoldenCase, GoldenGroup, Tolerance } from '../../helpers/golden.js'
import { fill, fillInts, pixels } from '../fill.js'
import { MOVED, networkWeights, runSteps, tiny, tinyNetwork } from './steps.js'

const { height, width, channels } = tiny.shape
const COUNT = 6

const images = (label: string) => pixels(label, [COUNT, height, width, channels])
const labels = (label: string) => fillInts(label, COUNT, tiny.classNames.length)

/** Only what the step changes is a result. */
function moving(results: TensorMap, parts: RegExp): TensorMap {
  const entries = Object.entries(results)
  const isResult = (name: string): boolean => name.startsWith('output/') || parts.test(name)
  disposeTensors(Object.fromEntries(entries.filter(([name]) => !isResult(name))))
  return Object.fromEntries(entries.filter(([name]) => isResult(name)))
}

const perturbing: GoldenCase = {
  name: 'perturbation, two steps',
  run() {
    const { name } = perturbing
    const state = {
      ...prefixed('weights', networkWeights(tinyNetwork, `${name}/weights`)),
      perturbation: fill(`${name}/perturbation`, [1, height, width, channels], 0.1),
    }
    const inputs = [0, 1].map((k) => ({ images: images(`${name}/images${k}`), learningRate: tf.scalar(0.5) }))
    const step = perturbationStep({ network: tinyNetwork, penalty: 0.01 })
    return moving(runSteps(step, state, inputs), /^change\/perturbation/)
  },
  tolerances: [[/^change/, MOVED]],
}

/** Gradients that are nearly equal are subtracted from each other, which leaves fewer of the digits of float32. */
const BY_DIFFERENCES: Tolerance = { relative: 1e-3, typical: 1e-3, fixed: 2e-7 }

function hypergradient(name: string, fixedPointSteps: number, fixedPointRate: number): GoldenCase {
  return {
    name,
    run() {
      const optimizer = sgd({ momentum: 0, weightDecay: 0 })
      const state = {
        ...classifierState(tinyNetwork, networkWeights(tinyNetwork, `${name}/weights`), optimizer),
        perturbation: fill(`${name}/perturbation`, [1, height, width, channels], 0.1),
      }
      const inputs = {
        images: images(`${name}/images`),
        firstImages: images(`${name}/first`),
        labels: labels(`${name}/labels`),
        carries: tf.tensor1d([1, 0, 0, 1, 1, 0]),
        learningRate: tf.scalar(0.02),
      }
      const problem = { network: tinyNetwork, penalty: 0.05, fixedPointSteps, fixedPointRate, differenceRadius: 0.05 }
      return moving(runSteps(hypergradientStep(problem, optimizer), state, [inputs]), /^change\/weights/)
    },
    tolerances: [[/^change/, BY_DIFFERENCES]],
  }
}

function ascent(name: string, longest: number): GoldenCase {
  return {
    name,
    run() {
      const optimizer = clipGradients(sgd({ momentum: 0.9, weightDecay: 0.01 }), longest)
      const state = classifierState(tinyNetwork, networkWeights(tinyNetwork, `${name}/weights`), optimizer)
      const inputs = [0, 1].map((k) => ({
        images: images(`${name}/images${k}`),
        labels: labels(`${name}/labels${k}`),
        learningRate: tf.scalar(0.02),
      }))
      return moving(runSteps(ascentStep(tinyNetwork, optimizer), state, inputs), /^change\/weights/)
    },
    tolerances: [[/^change/, MOVED]],
  }
}

const masking: GoldenCase = {
  name: 'masks, three steps',
  run() {
    const { name } = masking
    const masks = Object.fromEntries(
      [1, 2, 3].map((k) => [`bn${k}`, pixels(`${name}/masks/bn${k}`, [3 * 2 ** (k - 1)])]),
    )
    const optimizer = sgd({ momentum: 0.9, weightDecay: 0 })
    const state = {
      ...prefixed('weights', networkWeights(tinyNetwork, `${name}/weights`)),
      ...prefixed('optimizer', optimizer.initialSlots(masks)),
      ...prefixed('masks', masks),
    }
    const inputs = [0, 1, 2].map((k) => ({
      images: images(`${name}/images${k}`),
      labels: labels(`${name}/labels${k}`),
      learningRate: tf.scalar(8),
    }))
    return moving(runSteps(maskStep(tinyNetwork, 0.2, optimizer), state, inputs), /^change\/masks/)
  },
}

function anti(name: string, step: (optimizer: Optimizer) => Step, factors: readonly number[] | null): GoldenCase {
  return {
    name,
    run() {
      const optimizer = sgd({ momentum: 0.9, weightDecay: 0 })
      const state = classifierState(tinyNetwork, networkWeights(tinyNetwork, `${name}/weights`), optimizer)
      const inputs = [0, 1].map((k) => ({
        images: images(`${name}/images${k}`),
        labels: labels(`${name}/labels${k}`),
        ...(factors === null ? {} : { factors: tf.tensor1d([...factors]) }),
        learningRate: tf.scalar(0.02),
      }))
      return moving(runSteps(step(optimizer), state, inputs), /^change\/weights/)
    },
    tolerances: [[/^change/, MOVED]],
  }
}

const trapping = (name: string, loss: TrappedLoss): GoldenCase =>
  anti(name, (optimizer) => isolationStep(tinyNetwork, loss, optimizer, null), null)

/** I-BAU, RNP and ABL. */
export const unlearningDefenseCases: GoldenGroup = {
  file: 'unlearning-defenses',
  cases: [
    perturbing,
    hypergradient('hypergradient without curvature', 1, 0.1),
    hypergradient('hypergradient of five turns', 5, 0.1),
    hypergradient('hypergradient of three long turns', 3, 0.7),
    ascent('ascent, two steps, cut', 0.5),
    ascent('ascent, two steps, not cut', 100),
    masking,
    trapping('local gradient ascent, two steps', { kind: 'local-gradient-ascent', gamma: 1.2 }),
    trapping('flooding, two steps', { kind: 'flooding', gamma: 2.5 }),
    anti(
      'global gradient ascent, two steps',
      (optimizer) => globalAscentStep(tinyNetwork, optimizer),
      [-0.5, -0.5, 0.375, 0.375, 0.375, 0.375],
    ),
  ],
}
