import { compileStep, createStateStore, type Step } from '../../../src-main/lab/compute/step.js'
import {
  cloneTensors,
  disposeTensors,
  mapTensors,
  prefixed,
  tensorOf,
  type TensorMap,
} from '../../../src-main/lab/compute/tensor-map.js'
import type { DatasetInfo } from '../../../src-main/lab/define.js'
import { smallCnn } from '../../../src-main/lab/models/small-cnn.js'
import type { Network } from '../../../src-main/lab/nn/network.js'
import { tf, type Tensor } from '../../../src-main/lab/tf.js'
import { USUAL, type Tolerance } from '../../helpers/golden.js'
import { fillWeight } from '../fill.js'

/**
 * Runs a step on the state, which it takes over, once per set of inputs, as training does, and gives how far each entry
 * of the state has moved and the outputs of the last turn. Only the movement is compared: weights are so much larger
 * that they would hide it. `look` may add something after each turn.
 */
export function runSteps(
  step: Step,
  state: TensorMap,
  inputs: readonly TensorMap[],
  look: (state: TensorMap) => void = () => {},
): TensorMap {
  const before = cloneTensors(state)
  const store = createStateStore(state)
  const run = compileStep(step, store)
  let outputs: TensorMap = {}
  for (const input of inputs) {
    disposeTensors(outputs)
    outputs = run(input)
    look(store.tensors)
  }
  const moved = mapTensors(before, (start, name) => tf.sub(tensorOf(store.tensors, name), start))
  disposeTensors(before)
  store.dispose()
  return { ...prefixed('change', moved), ...prefixed('output', outputs) }
}

/**
 * For how far a weight has moved: the weight itself, up to 2 in size, is rounded to about 1e-7 before and after, however
 * little it moves.
 */
export const MOVED: Tolerance = { ...USUAL, fixed: 2e-7 }

/** The same after several steps of Adam: it divides by the size of gradients, and with them their errors grow. */
export const MOVED_BY_ADAM: Tolerance = { relative: 1e-4, typical: 1e-4, fixed: 2e-7 }

/** Filled weights for a network, under the names that make-golden.py fills its own by. */
export function networkWeights(network: Network, label: string): Record<string, Tensor> {
  return Object.fromEntries(network.parameters.map(({ name, shape }) => [name, fillWeight(`${label}/${name}`, shape)]))
}

/** Filled weights in place of those that a network drew. */
export function refilled(drawn: TensorMap, label: string): Record<string, Tensor> {
  const weights = mapTensors(drawn, ({ shape }, name) => fillWeight(`${label}/${name}`, shape))
  disposeTensors(drawn)
  return weights
}

export const digits: DatasetInfo = {
  shape: { height: 28, width: 28, channels: 1 },
  classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  pixelNormalization: { mean: [0.1307], deviation: [0.3081] },
}

/** Small coloured images, for whole steps of a defense. */
export const tiny: DatasetInfo = {
  shape: { height: 8, width: 8, channels: 3 },
  classNames: ['a', 'b', 'c', 'd'],
  pixelNormalization: { mean: [0.5, 0.4, 0.3], deviation: [0.25, 0.3, 0.2] },
}

export const tinyNetwork: Network = smallCnn.build({ width: 3 }, tiny)
