import { lossGradients, type LossGradients } from '../../compute/gradients.js'
import type { Optimizer } from '../../compute/optimizers.js'
import type { Step } from '../../compute/step.js'
import { mapTensors, prefixed, tensorOf, under, type TensorMap } from '../../compute/tensor-map.js'
import { predictLogits } from '../../evaluation/predict.js'
import { softmaxCrossEntropy } from '../../kernels/index.js'
import { partitionWeights, type Network } from '../../nn/network.js'
import { tf, type Tensor, type Tensor1D, type Tensor4D } from '../../tf.js'

/** Keeps a direction of no length from being divided by 0. */
const NORM_FLOOR = 1e-20

export interface InnerProblem {
  readonly network: Network
  /** Weight of the squared length of the perturbation. */
  readonly penalty: number
}

export interface OuterProblem extends InnerProblem {
  /** Turns of the fixed point that the implicit gradient is taken from. */
  readonly fixedPointSteps: number
  /** Length of the descent step whose fixed point the perturbation is taken for. */
  readonly fixedPointRate: number
  /**
   * Second-order products are differences of gradients this far (L2, in units of 0..1 pixels) on either side of the
   * perturbation, over the distance.
   */
  readonly differenceRadius: number
}

/**
 * One step of the inner problem (section 4): the universal perturbation descends -CE(f(x + d), f(x)) + penalty * |d|^2,
 * where f(x) is the class that the model gives the clean image.
 * State: `weights/*`, which stay, and `perturbation` (1 x height x width x channels). Inputs: `images` (0..1),
 * `learningRate`. Output: `loss`.
 */
export function perturbationStep(problem: InnerProblem): Step {
  return (state, inputs) => {
    const inner = innerProblem(problem, under('weights', state), tensorOf<Tensor4D>(inputs, 'images'))
    const perturbation = tensorOf(state, 'perturbation')
    const { loss, gradients } = inner({ perturbation })
    const moved = tf.mul(tensorOf(gradients, 'perturbation'), tensorOf(inputs, 'learningRate'))
    return { state: { perturbation: tf.sub(perturbation, moved) }, outputs: { loss } }
  }
}

/**
 * One step of the outer problem: descend CE(f(x + d), y), where the images of `carries` carry the perturbation d, along
 * the hypergradient, which follows d's own dependence on the weights through the fixed point of a descent step on the
 * inner problem. With g the inner gradient, H its derivative by d, and the step length a: v <- v - a * H v + dOuter/dd
 * from 0, and the gradient is dOuter/dw - a * d(g . v)/dw. Both second-order products are central differences of gradients
 * along v: unlike gradients of gradients, which the authors' code takes, they see the kinks of ReLUs that lie between.
 *
 * State: `weights/*`, `optimizer/*`, and `perturbation`, which stays. Inputs: `images` (0..1), `labels` (int32), `carries`
 * (0 or 1 for each), `firstImages` (those that H is taken on), `learningRate`. Output: `loss`.
 */
export function hypergradientStep(problem: OuterProblem, optimizer: Optimizer): Step {
  const { network, fixedPointSteps, fixedPointRate, differenceRadius } = problem
  return (state, inputs) => {
    const weights = under('weights', state)
    const { trainable } = partitionWeights(network, weights)
    const perturbation = tensorOf(state, 'perturbation')
    const outer = outerGradients(network, weights, perturbation, inputs)
    const inner = innerProblem(problem, weights, tensorOf<Tensor4D>(inputs, 'firstImages'))

    /** How the inner gradients with respect to `wanted` change along v. */
    const along = (v: Tensor, wanted: (at: Tensor) => TensorMap): TensorMap => {
      const length = tf.sqrt(tf.add(tf.sum(tf.square(v)), NORM_FLOOR))
      const step = tf.mul(tf.div(v, length), differenceRadius)
      const ahead = inner(wanted(tf.add(perturbation, step)), tf.add(perturbation, step)).gradients
      const behind = inner(wanted(tf.sub(perturbation, step)), tf.sub(perturbation, step)).gradients
      const scale = tf.div(length, 2 * differenceRadius)
      return mapTensors(ahead, (gradient, name) => tf.mul(tf.sub(gradient, tensorOf(behind, name)), scale))
    }

    const direct = tensorOf(outer.gradients, 'perturbation')
    let v = direct
    for (let turn = 1; turn < fixedPointSteps; turn++) {
      const curved = tensorOf(
        along(v, (at) => ({ perturbation: at })),
        'perturbation',
      )
      v = tf.add(tf.sub(v, tf.mul(curved, fixedPointRate)), direct)
    }
    const mixed = along(v, () => trainable)
    const gradients = mapTensors(trainable, (_, name) =>
      tf.sub(tensorOf(outer.gradients, name), tf.mul(tensorOf(mixed, name), fixedPointRate)),
    )
    const updated = optimizer.update({
      parameters: trainable,
      gradients,
      slots: under('optimizer', state),
      learningRate: tensorOf(inputs, 'learningRate'),
    })
    return {
      state: { ...prefixed('weights', updated.parameters), ...prefixed('optimizer', updated.slots) },
      outputs: { loss: outer.loss },
    }
  }
}

/**
 * The inner loss on these images, as a function of what is wanted of it: its gradients with respect to the perturbation,
 * or with respect to weights at the perturbation `at`.
 */
function innerProblem({ network, penalty }: InnerProblem, weights: TensorMap, images: Tensor4D) {
  const answers = tf.argMax(predictLogits(network, weights, images), 1).toInt() as Tensor1D
  return (wanted: TensorMap, at?: Tensor): LossGradients =>
    lossGradients(wanted, ({ perturbation = at!, ...parameters }) => {
      const logits = predictLogits(network, { ...weights, ...parameters }, tf.add(images, perturbation) as Tensor4D)
      const confusion = tf.mean(softmaxCrossEntropy(logits, answers))
      return { loss: tf.sub(tf.mul(tf.sum(tf.square(perturbation)), penalty), confusion) }
    })
}

function outerGradients(network: Network, weights: TensorMap, given: Tensor, inputs: TensorMap): LossGradients {
  const { trainable } = partitionWeights(network, weights)
  const carries = tf.reshape(tensorOf(inputs, 'carries'), [-1, 1, 1, 1])
  return lossGradients({ ...trainable, perturbation: given }, ({ perturbation, ...parameters }) => {
    const shown = tf.add(tensorOf(inputs, 'images'), tf.mul(carries, perturbation!)) as Tensor4D
    const logits = predictLogits(network, { ...weights, ...parameters }, shown)
    return { loss: tf.mean(softmaxCrossEntropy(logits, tensorOf<Tensor1D>(inputs, 'labels'))) }
  })
}
