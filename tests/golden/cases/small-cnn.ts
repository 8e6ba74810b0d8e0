import { lossGradients } from '../../../src-main/lab/compute/gradients.js'
import { sgd } from '../../../src-main/lab/compute/optimizers.js'
import { prefixed } from '../../../src-main/lab/compute/tensor-map.js'
import { predictLogits } from '../../../src-main/lab/evaluation/predict.js'
import { softmaxCrossEntropy } from '../../../src-main/lab/kernels/index.js'
import { smallCnn } from '../../../src-main/lab/models/small-cnn.js'
import { classify, partitionWeights, type Network } from '../../../src-main/lab/nn/network.js'
import { tf, type Tensor4D } from '../../../src-main/lab/tf.js'
import { classifierState, classifierStep } from '../../../src-main/lab/training/classifier-step.js'
import type { GoldenCase, GoldenGroup } from '../../helpers/golden.js'
import { fillInts, pixels } from '../fill.js'
import { digits, MOVED, networkWeights, runSteps } from './steps.js'

const images = (label: string): Tensor4D => pixels(label, [4, 28, 28, 1])

/** Logits, loss, the gradient of every parameter and the running statistics after the batch. */
function training(name: string, network: Network): GoldenCase {
  return {
    name,
    run: () =>
      tf.tidy(() => {
        const weights = networkWeights(network, `${name}/weights`)
        const labels = fillInts(`${name}/labels`, 4, 10)
        const { loss, aux, gradients } = lossGradients(partitionWeights(network, weights).trainable, (parameters) => {
          const all = { ...weights, ...parameters }
          const { logits, statistics } = classify(network, all, images(`${name}/images`), 'batch')
          return { loss: tf.mean(softmaxCrossEntropy(logits, labels)), aux: { logits, ...statistics } }
        })
        return { loss, ...aux, ...prefixed('gradient', gradients) }
      }),
    // Through three layers, and at the first one the sum over three thousand pixels of values that nearly cancel.
    tolerances: [[/^gradient\//, { relative: 5e-5, typical: 1e-4, fixed: 0 }]],
  }
}

function deployed(name: string, network: Network): GoldenCase {
  return {
    name: `${name}, as deployed`,
    run: () =>
      tf.tidy(() => ({
        logits: predictLogits(network, networkWeights(network, `${name}/weights`), images(`${name}/images`)),
      })),
  }
}

/** Two, so that the velocities matter. */
function twoSteps(name: string, network: Network): GoldenCase {
  return {
    name,
    run: () => {
      const optimizer = sgd({ momentum: 0.9, weightDecay: 0.05 })
      const inputs = [0.1, 0.05].map((rate, step) => ({
        images: images(`${name}/images${step}`),
        labels: fillInts(`${name}/labels${step}`, 4, 10),
        learningRate: tf.scalar(rate),
      }))
      const state = classifierState(network, networkWeights(network, `${name}/weights`), optimizer)
      return runSteps(classifierStep(network, optimizer), state, inputs)
    },
    tolerances: [[/^change\/weights\//, MOVED]],
  }
}

const narrow = smallCnn.build({ width: 4 }, digits)
const usual = smallCnn.build(smallCnn.params.parse({}), digits)

export const smallCnnCases: GoldenGroup = {
  file: 'small-cnn',
  cases: [
    training('width 4', narrow),
    deployed('width 4', narrow),
    training('default width', usual),
    deployed('default width', usual),
    twoSteps('two steps of SGD', narrow),
  ],
}
