/**
 * The neural estimate of mutual information of MINE (Belghazi et al., "Mutual Information Neural Estimation", ICML 2018,
 * equations 10 and 12) between the generator's noise z and its patch x, and the statistics network T(z, x) of MESA.
 */
import { tensorOf, type TensorMap } from '../compute/tensor-map.js'
import { initialTensor } from '../nn/network.js'
import type { ParameterSpec } from '../nn/layers.js'
import type { Rng } from '../random/rng.js'
import { tf, type Tensor, type Tensor2D } from '../tf.js'

const LEAK = 0.2
/** Keeps the logarithm finite. */
const FLOOR = 1e-8

export interface StatisticsNetwork {
  initialWeights(rng: Rng): TensorMap
  /** @param noise batch x noise size; @param patches batch x values; @returns batch x 1. Call inside `tf.tidy`. */
  evaluate(weights: TensorMap, noise: Tensor2D, patches: Tensor2D): Tensor2D
}

export function createStatisticsNetwork(noiseSize: number, patchSize: number, hidden: number): StatisticsNetwork {
  const layer = (name: string, from: number, to: number): ParameterSpec => ({
    name: `${name}.weight`,
    shape: [from, to],
    // Kaiming-normal with fan-in and the gain of a ReLU.
    initializer: { kind: 'normal', deviation: Math.sqrt(2 / from) },
    trainable: true,
  })
  const bias = (name: string, to: number): ParameterSpec => ({
    name: `${name}.bias`,
    shape: [to],
    initializer: { kind: 'constant', value: 0 },
    trainable: true,
  })
  const parameters = [
    layer('noise', noiseSize, hidden),
    layer('patch', patchSize, hidden),
    bias('input', hidden),
    layer('fc2', hidden, hidden),
    bias('fc2', hidden),
    layer('fc3', hidden, 1),
    bias('fc3', 1),
  ]
  return {
    initialWeights: (rng) => Object.fromEntries(parameters.map((spec) => [spec.name, initialTensor(spec, rng)])),
    evaluate(weights, noise, patches) {
      const product = (x: Tensor, name: string): Tensor =>
        tf.matMul(x as Tensor2D, tensorOf<Tensor2D>(weights, `${name}.weight`))
      const joined = tf.add(tf.add(product(noise, 'noise'), product(patches, 'patch')), tensorOf(weights, 'input.bias'))
      const second = tf.add(product(tf.leakyRelu(joined, LEAK), 'fc2'), tensorOf(weights, 'fc2.bias'))
      const third = tf.add(product(tf.leakyRelu(second, LEAK), 'fc3'), tensorOf(weights, 'fc3.bias'))
      return tf.leakyRelu(third, LEAK) as Tensor2D
    },
  }
}

/** Donsker and Varadhan's lower bound: mean T(z, x) - log mean exp T(z', x), with z' drawn apart from x. A scalar. */
export function informationBound(joint: Tensor, marginal: Tensor): Tensor {
  return tf.sub(tf.mean(joint), tf.log(tf.add(tf.mean(tf.exp(marginal)), FLOOR)))
}

/**
 * What the statistics network descends: the negative bound with the gradient of its second term corrected by a moving
 * average of mean exp T(z', x) (MINE, section 3.2). `movingAverage` is a scalar that already includes this batch and is
 * held constant.
 */
export function correctedBoundLoss(joint: Tensor, marginal: Tensor, movingAverage: Tensor): Tensor {
  return tf.neg(tf.sub(tf.mean(joint), tf.div(tf.mean(tf.exp(marginal)), movingAverage)))
}
