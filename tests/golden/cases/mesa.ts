import { sgd } from '../../../src-main/lab/compute/optimizers.js'
import { triggerAugmentation } from '../../../src-main/lab/defenses/mesa/trigger-augmentation.js'
import { createRng } from '../../../src-main/lab/random/rng.js'
import { tf } from '../../../src-main/lab/tf.js'
import { classifierState, classifierStep } from '../../../src-main/lab/training/classifier-step.js'
import type { GoldenGroup } from '../../helpers/golden.js'
import { fillInts, pixels } from '../fill.js'
import { MOVED, networkWeights, runSteps, tiny, tinyNetwork } from './steps.js'

const { height, width, channels } = tiny.shape
const LABELS = [1, 0, 3, 2, 1, 0]
const count = LABELS.length

/** Only applied here: what it draws are the inputs of the case. */
const augmentation = triggerAugmentation(
  null,
  () => {
    throw new Error('Nothing is to be drawn')
  },
  0.5,
  createRng([1, 2, 3, 4]),
)

export const mesaCases: GoldenGroup = {
  file: 'mesa',
  cases: [
    {
      name: 'two steps of repair',
      run() {
        const optimizer = sgd({ momentum: 0.9, weightDecay: 0 })
        const inputs = [0, 1].map((k) => ({
          images: pixels(`${this.name}/images${k}`, [count, height, width, channels]),
          labels: tf.tensor1d(LABELS, 'int32'),
          patches: pixels(`${this.name}/patches${k}`, [count, 2, 3, channels]),
          rows: fillInts(`${this.name}/rows${k}`, count, height - 1),
          columns: fillInts(`${this.name}/columns${k}`, count, width - 2),
          carries: tf.tidy(() => fillInts(`${this.name}/carries${k}`, count, 2).toFloat()),
          learningRate: tf.scalar(0.02),
        }))
        const weights = networkWeights(tinyNetwork, `${this.name}/weights`)
        const step = classifierStep(tinyNetwork, optimizer, { augmentation })
        return runSteps(step, classifierState(tinyNetwork, weights, optimizer), inputs)
      },
      tolerances: [[/^change/, MOVED]],
    },
  ],
}
