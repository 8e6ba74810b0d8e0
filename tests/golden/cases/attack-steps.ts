import { adam, sgd } from '../../../src-main/lab/compute/optimizers.js'
import { disposeTensors, prefixed, type TensorMap } from '../../../src-main/lab/compute/tensor-map.js'
import { generatorOptimizer } from '../../../src-main/lab/trigger-crafting/input-aware.js'
import { imageGenerator, type ImageGenerator } from '../../../src-main/lab/trigger-crafting/image-generator.js'
import { jointStep, maskStep, trainableOf } from '../../../src-main/lab/trigger-crafting/input-aware-steps.js'
import { lowFrequencyStep } from '../../../src-main/lab/trigger-crafting/low-frequency.js'
import { perturbationStep } from '../../../src-main/lab/trigger-crafting/perturb-images.js'
import { tf, type Tensor } from '../../../src-main/lab/tf.js'
import { classifierState } from '../../../src-main/lab/training/classifier-step.js'
import { USUAL, type GoldenCase, type GoldenGroup } from '../../helpers/golden.js'
import { fill, fillInts, fillWeight, pixels } from '../fill.js'
import { MOVED, MOVED_BY_ADAM, networkWeights, runSteps, tiny, tinyNetwork } from './steps.js'

const { height, width, channels } = tiny.shape
const CLASSES = tiny.classNames.length
const images = (label: string, count: number): Tensor => pixels(label, [count, height, width, channels])

/** Only what the step is for is stored: the optimizers have cases of their own. */
function keeping(results: TensorMap, wanted: RegExp): TensorMap {
  const entries = Object.entries(results)
  disposeTensors(Object.fromEntries(entries.filter(([name]) => !wanted.test(name))))
  return Object.fromEntries(entries.filter(([name]) => wanted.test(name)))
}

const lowFrequency: GoldenCase = {
  name: 'low frequency, two steps',
  tolerances: [[/^change/, MOVED_BY_ADAM]],
  run() {
    const weights = networkWeights(tinyNetwork, `${this.name}/weights`)
    const coefficients = fill(`${this.name}/coefficients`, [channels, 3, 3], 0.2)
    const slots = adam({ beta1: 0.9, beta2: 0.999 }).initialSlots({ coefficients })
    const results = runSteps(
      lowFrequencyStep({ network: tinyNetwork, weights }, 3, 0.1),
      { coefficients, ...prefixed('optimizer', slots) },
      [0.1, 0.05].map((rate, k) => ({
        images: images(`${this.name}/images${k}`, 6),
        targets: fillInts(`${this.name}/targets${k}`, 6, CLASSES),
        learningRate: tf.scalar(rate),
      })),
    )
    disposeTensors(weights)
    return keeping(results, /^change\/coefficients$|loss$/)
  },
}

const perturbation: GoldenCase = {
  name: 'perturbation, two steps',
  tolerances: [[/^change/, { ...USUAL, fixed: 2e-7 }]],
  run() {
    const weights = networkWeights(tinyNetwork, `${this.name}/weights`)
    const start = images(`${this.name}/images`, 5)
    const results = runSteps(
      perturbationStep({ network: tinyNetwork, weights }, 0.05),
      { images: start, anchor: tf.clone(start), labels: fillInts(`${this.name}/labels`, 5, CLASSES) },
      [0, 1].map(() => ({ stepSize: tf.scalar(0.04) })),
    )
    disposeTensors(weights)
    return keeping(results, /^change\/images$|loss$/)
  },
}

const size = { width: 2, levels: 2 }
const [mask, pattern] = [imageGenerator(tiny.shape, 1, size), imageGenerator(tiny.shape, channels, size)]

function generatorWeights({ parameters }: ImageGenerator, label: string): TensorMap {
  return Object.fromEntries(parameters.map(({ name, shape }) => [name, fillWeight(`${label}/${name}`, shape)]))
}

const maskSteps: GoldenCase = {
  name: 'input-aware, two steps of the mask',
  // Sharpening makes errors twenty times as large before Adam does.
  tolerances: [[/^change/, { ...MOVED_BY_ADAM, fixed: 5e-6 }]],
  run() {
    const weights = generatorWeights(mask, `${this.name}/mask`)
    const slots = generatorOptimizer.initialSlots(trainableOf(mask, weights))
    const results = runSteps(
      maskStep(mask, generatorOptimizer, { density: 0.032, densityWeight: 100, diversityWeight: 1 }),
      { ...prefixed('mask', weights), ...prefixed('optimizer', slots) },
      [0, 1].map((k) => ({
        images: images(`${this.name}/images${k}`, 4),
        others: images(`${this.name}/others${k}`, 4),
        learningRate: tf.scalar(0.01),
      })),
    )
    return keeping(results, /mask\/|loss$/)
  },
}

const jointSteps: GoldenCase = {
  name: 'input-aware, two steps of victim and patterns',
  tolerances: [
    [/^change\/weights/, MOVED],
    [/^change/, MOVED_BY_ADAM],
  ],
  run() {
    const optimizer = sgd({ momentum: 0.9, weightDecay: 0.01 })
    const weights = generatorWeights(pattern, `${this.name}/pattern`)
    const slots = generatorOptimizer.initialSlots(trainableOf(pattern, weights))
    const results = runSteps(
      jointStep({
        network: tinyNetwork,
        mask,
        pattern,
        optimizer,
        patternOptimizer: generatorOptimizer,
        patternRate: 0.01,
        diversityWeight: 0.5,
        augmentation: null,
        counts: () => ({ poisoned: 2, covers: 3 }),
      }),
      {
        ...classifierState(tinyNetwork, networkWeights(tinyNetwork, `${this.name}/weights`), optimizer),
        ...prefixed('attack/mask', generatorWeights(mask, `${this.name}/mask`)),
        ...prefixed('attack/pattern', weights),
        ...prefixed('attack/optimizer', slots),
      },
      [0, 1].map((k) => ({
        images: images(`${this.name}/images${k}`, 9),
        labels: fillInts(`${this.name}/labels${k}`, 9, CLASSES),
        learningRate: tf.scalar(0.02),
      })),
    )
    return keeping(results, /change\/weights|attack\/pattern\/|loss$/)
  },
}

export const attackStepCases: GoldenGroup = {
  file: 'attack-steps',
  cases: [lowFrequency, perturbation, maskSteps, jointSteps],
}
