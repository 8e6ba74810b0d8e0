import { adam, sgd } from '../../../src-main/lab/compute/optimizers.js'
import { disposeTensors } from '../../../src-main/lab/compute/tensor-map.js'
import { unlearningStep, type UnlearningObjective } from '../../../src-main/lab/defenses/baeraser/unlearning-step.js'
import { tf, type Tensor2D } from '../../../src-main/lab/tf.js'
import { classifierState } from '../../../src-main/lab/training/classifier-step.js'
import type { GoldenCase, GoldenGroup } from '../../helpers/golden.js'
import { fill, fillInts, pixels } from '../fill.js'
import { MOVED, MOVED_BY_ADAM, networkWeights, runSteps, tiny, tinyNetwork } from './steps.js'

interface Options extends Omit<UnlearningObjective, 'victim' | 'targetClass'> {
  readonly optimizer: 'sgd' | 'adam'
  readonly steps?: number
  /** Whether the weights start somewhere else than at the victim's, as they are in the middle of unlearning. */
  readonly moved?: boolean
}

/** Two images of the target class, which is 1. */
const LABELS = [1, 0, 3, 2, 1, 0]

function unlearning(name: string, { optimizer: kind, steps = 1, moved = true, ...objective }: Options): GoldenCase {
  const { height, width, channels } = tiny.shape
  const count = LABELS.length
  return {
    name,
    run: () => {
      const victim = { network: tinyNetwork, weights: networkWeights(tinyNetwork, `${name}/victim`) }
      const weights = networkWeights(tinyNetwork, `${name}/${moved ? 'weights' : 'victim'}`)
      const optimizer = kind === 'sgd' ? sgd({ momentum: 0.9, weightDecay: 0 }) : adam({ beta1: 0.9, beta2: 0.999 })
      const inputs = Array.from({ length: steps }, (_, k) => ({
        images: pixels(`${name}/images${k}`, [count, height, width, channels]),
        labels: tf.tensor1d(LABELS, 'int32'),
        // The victim's answers are an input of the step, so any probabilities will do.
        answers: tf.tidy(() => tf.softmax(fill<Tensor2D>(`${name}/answers${k}`, [count, tiny.classNames.length], 2))),
        patches: pixels(`${name}/patches${k}`, [count, 2, 3, channels]),
        rows: fillInts(`${name}/rows${k}`, count, height - 1),
        columns: fillInts(`${name}/columns${k}`, count, width - 2),
        learningRate: tf.scalar(0.02),
      }))
      const step = unlearningStep({ victim, targetClass: 1, ...objective }, optimizer)
      const results = runSteps(step, classifierState(tinyNetwork, weights, optimizer), inputs)
      disposeTensors(victim.weights)
      return results
    },
    tolerances: [
      [/Power$/, MOVED],
      [/^change\/weights\//, kind === 'adam' ? MOVED_BY_ADAM : MOVED],
    ],
  }
}

export const unlearningCases: GoldenGroup = {
  file: 'unlearning',
  cases: [
    unlearning('joint, bounded, other classes, distilled', {
      optimizer: 'sgd',
      cleanWeight: 1,
      distillationWeight: 3,
      distanceWeight: 0.01,
      normalization: 'joint',
      ascentBound: 2.1,
      ascendOn: 'other-classes',
    }),
    unlearning('joint, without bound, all classes', {
      optimizer: 'sgd',
      cleanWeight: 2,
      distillationWeight: 0,
      distanceWeight: 0.01,
      normalization: 'joint',
      ascentBound: null,
      ascendOn: 'all',
    }),
    unlearning('separate, bounded, all classes, distilled', {
      optimizer: 'sgd',
      cleanWeight: 1,
      distillationWeight: 3,
      distanceWeight: 0.02,
      normalization: 'separate',
      ascentBound: 1.6,
      ascendOn: 'all',
    }),
    unlearning('separate, without bound, other classes', {
      optimizer: 'adam',
      cleanWeight: 2,
      distillationWeight: 0,
      distanceWeight: 0.01,
      normalization: 'separate',
      ascentBound: null,
      ascendOn: 'other-classes',
    }),
    unlearning('as published, two steps', {
      optimizer: 'sgd',
      steps: 2,
      cleanWeight: 100,
      distillationWeight: 0,
      distanceWeight: 0.01,
      normalization: 'separate',
      ascentBound: null,
      ascendOn: 'all',
    }),
    unlearning('the defaults, two steps of Adam', {
      optimizer: 'adam',
      steps: 2,
      cleanWeight: 1,
      distillationWeight: 3,
      distanceWeight: 0.01,
      normalization: 'joint',
      ascentBound: 1.6,
      ascendOn: 'other-classes',
    }),
    // Where the L1 distance has its kink: its derivative there is 0.
    unlearning('from the victim itself', {
      optimizer: 'sgd',
      moved: false,
      cleanWeight: 1,
      distillationWeight: 0,
      distanceWeight: 0.5,
      normalization: 'joint',
      ascentBound: null,
      ascendOn: 'all',
    }),
  ],
}
