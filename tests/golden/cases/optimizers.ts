import { adam, sgd, type Optimizer } from '../../../src-main/lab/compute/optimizers.js'
import { mapTensors, prefixed, tensorOf, type TensorMap } from '../../../src-main/lab/compute/tensor-map.js'
import { tf, type Tensor } from '../../../src-main/lab/tf.js'
import { cosineLearningRate } from '../../../src-main/lab/training/schedule.js'
import type { GoldenCase, GoldenGroup } from '../../helpers/golden.js'
import { fill } from '../fill.js'
import { MOVED } from './steps.js'

/** How far two parameters have moved after one, two and three updates. */
function updates(name: string, optimizer: Optimizer, sizeOfB: number): GoldenCase {
  return {
    name,
    run: () =>
      tf.tidy(() => {
        const start: TensorMap = { a: fill(`${name}/a`, [3, 4]), b: fill(`${name}/b`, [5]) }
        let parameters = start
        let slots = optimizer.initialSlots(start)
        const moved: Record<string, Tensor> = {}
        for (const [index, rate] of [0.1, 0.2, 0.05].entries()) {
          const step = index + 1
          const updated = optimizer.update({
            parameters,
            gradients: mapTensors(start, ({ shape }, key) =>
              fill(`${name}/gradient ${key} ${step}`, shape, key === 'a' ? 1 : sizeOfB),
            ),
            slots,
            learningRate: tf.scalar(rate),
          })
          parameters = updated.parameters
          slots = updated.slots
          const change = mapTensors(parameters, (value, key) => tf.sub(value, tensorOf(start, key)))
          Object.assign(moved, prefixed(`change ${step}`, change))
        }
        return moved
      }),
    tolerances: [[/^change/, MOVED]],
  }
}

/** Gradients so small that Adam's epsilon counts. */
const SMALL = 1e-7

const RATES = Array.from({ length: 21 }, (_, step) => step / 20)

export const optimizerCases: GoldenGroup = {
  file: 'optimizers',
  cases: [
    updates('sgd with momentum', sgd({ momentum: 0.9, weightDecay: 0 }), 1),
    updates('sgd without momentum', sgd({ momentum: 0, weightDecay: 0 }), 1),
    updates('sgd with weight decay', sgd({ momentum: 0.9, weightDecay: 0.1 }), 1),
    updates('sgd, Nesterov', sgd({ momentum: 0.9, weightDecay: 0.1, nesterov: true }), 1),
    updates('adam .5, .999', adam({ beta1: 0.5, beta2: 0.999 }), SMALL),
    updates('adam .9, .999', adam({ beta1: 0.9, beta2: 0.999 }), SMALL),
    updates('adam with weight decay', adam({ beta1: 0.9, beta2: 0.999, weightDecay: 0.1 }), 1),
    {
      name: 'cosine schedule',
      run: () => ({ rates: tf.tensor1d(RATES.map((progress) => cosineLearningRate(0.03, progress))) }),
    },
  ],
}
