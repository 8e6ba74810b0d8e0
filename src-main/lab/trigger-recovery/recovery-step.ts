import { lossGradients } from '../compute/gradients.js'
import type { Optimizer } from '../compute/optimizers.js'
import type { Step } from '../compute/step.js'
import { prefixed, tensorOf, under, type TensorMap } from '../compute/tensor-map.js'
import { predictLogits } from '../evaluation/predict.js'
import type { Classifier } from '../nn/network.js'
import { tf, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D } from '../tf.js'
import type { PatchGenerator } from './generator.js'
import { correctedBoundLoss, informationBound, type StatisticsNetwork } from './mutual-information.js'
import { stampPatches } from './stamp.js'

/** Rate of the moving average in the corrected bound. */
const AVERAGE_RATE = 0.001

export interface RecoveryObjective {
  readonly victim: Classifier
  readonly generator: PatchGenerator
  readonly statistics: StatisticsNetwork
  /** Weight of the mutual information, that is, of the entropy of the recovered triggers. */
  readonly alpha: number
  /** Target probability (0..1) above which a trigger earns nothing more. */
  readonly beta: number
}

/**
 * One step of generative distribution modelling (MESA, section 4; BAERASER, trigger recovery): first the statistics
 * network tightens its bound on I(z; G(z)), then the generator descends -mean(min(p, beta)) - alpha * I, where p is the
 * victim's probability of the target on images that carry the generated patch.
 *
 * State: `generator/*`, `statistics/*`, `generatorOptimizer/*`, `statisticsOptimizer/*`, `average`. Inputs: `images`,
 * `noise` and `otherNoise` (batch x 64), `pixelNoise` (like the patches), `rows`, `columns` (int32), `target` (1 x classes,
 * one-hot: so that a step serves every class), `learningRate`.
 * Outputs: `loss`, `information` (scalars).
 */
export function recoveryStep(objective: RecoveryObjective, optimizer: Optimizer): Step {
  const { victim, generator, statistics, alpha, beta } = objective

  const bounds = (weights: TensorMap, patches: Tensor, inputs: TensorMap): { joint: Tensor; marginal: Tensor } => {
    const flat = tf.reshape(patches, [patches.shape[0]!, -1]) as Tensor2D
    // Both in one batch: twice the rows in a product of matrices take less than twice the time.
    const noises = tf.concat([tensorOf<Tensor2D>(inputs, 'noise'), tensorOf<Tensor2D>(inputs, 'otherNoise')], 0)
    const [joint, marginal] = tf.split(statistics.evaluate(weights, noises, tf.concat([flat, flat], 0)), 2, 0)
    return { joint: joint!, marginal: marginal! }
  }

  const tightenBound = (state: TensorMap, inputs: TensorMap): TensorMap => {
    const patches = generator.generate(under('generator', state), tensorOf<Tensor2D>(inputs, 'noise'))
    const before = tensorOf(state, 'average')
    const { aux, gradients } = lossGradients(under('statistics', state), (weights) => {
      const { joint, marginal } = bounds(weights, patches, inputs)
      const average = tf.add(before, tf.mul(tf.sub(tf.mean(tf.exp(marginal)), before), AVERAGE_RATE))
      return { loss: correctedBoundLoss(joint, marginal, withoutGradient(average)), aux: { average } }
    })
    const updated = optimizer.update({
      parameters: under('statistics', state),
      gradients,
      slots: under('statisticsOptimizer', state),
      learningRate: tensorOf(inputs, 'learningRate'),
    })
    return {
      ...prefixed('statistics', updated.parameters),
      ...prefixed('statisticsOptimizer', updated.slots),
      average: tensorOf(aux, 'average'),
    }
  }

  return (state, inputs) => {
    const tightened = tightenBound(state, inputs)
    const statisticsWeights = under('statistics', tightened)
    const { loss, aux, gradients } = lossGradients(under('generator', state), (weights) => {
      const patches = generator.generate(weights, tensorOf<Tensor2D>(inputs, 'noise'))
      const { joint, marginal } = bounds(statisticsWeights, patches, inputs)
      const information = informationBound(joint, marginal)
      const noisy = tf.add(patches, tensorOf<Tensor4D>(inputs, 'pixelNoise')) as Tensor4D
      const stamped = stampPatches(
        tensorOf<Tensor4D>(inputs, 'images'),
        noisy,
        tensorOf<Tensor1D>(inputs, 'rows'),
        tensorOf<Tensor1D>(inputs, 'columns'),
      )
      const probabilities = tf.softmax(predictLogits(victim.network, victim.weights, stamped))
      const ofTarget = tf.sum(tf.mul(probabilities, tensorOf<Tensor2D>(inputs, 'target')), 1)
      const reward = tf.mean(tf.minimum(ofTarget, beta))
      return { loss: tf.neg(tf.add(reward, tf.mul(information, alpha))), aux: { information } }
    })
    const updated = optimizer.update({
      parameters: under('generator', state),
      gradients,
      slots: under('generatorOptimizer', state),
      learningRate: tensorOf(inputs, 'learningRate'),
    })
    return {
      state: {
        ...tightened,
        ...prefixed('generator', updated.parameters),
        ...prefixed('generatorOptimizer', updated.slots),
      },
      outputs: { loss, information: tensorOf(aux, 'information') },
    }
  }
}

const withoutGradient = tf.customGrad((x) => ({
  value: tf.clone(x as Tensor),
  gradFunc: (dy) => tf.zerosLike(dy as Tensor),
})) as (x: Tensor) => Tensor
