/**
 * The inner step of adversarial neuron pruning. Wu and Wang, "Adversarial Neuron Pruning Purifies Backdoored Deep Models",
 * NeurIPS 2021 (arXiv 2110.14430), section 4: channels that answer wrongly once they are shaken a little get small masks.
 */
import { lossGradients } from '../../compute/gradients.js'
import type { Optimizer } from '../../compute/optimizers.js'
import type { Step } from '../../compute/step.js'
import { mapTensors, prefixed, tensorOf, under, type TensorMap } from '../../compute/tensor-map.js'
import { softmaxCrossEntropy } from '../../kernels/index.js'
import { classify, type Classifier } from '../../nn/network.js'
import { tf, type Tensor, type Tensor1D, type Tensor4D } from '../../tf.js'

export interface MaskOptions {
  /** The furthest that scale and offset of a channel are moved at first, as a share of themselves. */
  readonly epsilon: number
  /** Of the ascent on the noise, within one step. */
  readonly ascents: number
  /** Share (0..1) of the loss without noise in the sum. */
  readonly cleanShare: number
}

/**
 * State: `masks/*` by the names of the batch normalisations (0..1), `optimizer/*`. Inputs: `images`, `labels`, `scales/*` and
 * `offsets/*` (noise to begin with, within epsilon), `learningRate`. Output: `loss`. The weights stay as they are.
 */
export function maskStep({ network, weights }: Classifier, optimizer: Optimizer, options: MaskOptions): Step {
  const { epsilon, ascents, cleanShare } = options
  return (state, inputs) => {
    const masks = under('masks', state)
    const labels = tensorOf<Tensor1D>(inputs, 'labels')
    const lossOf = (factors: TensorMap): Tensor => {
      const images = tensorOf<Tensor4D>(inputs, 'images')
      const { logits } = classify(network, { ...weights, ...factors }, images, 'batch')
      return tf.mean(softmaxCrossEntropy(logits, labels))
    }
    const shaken = (byMasks: TensorMap, noise: TensorMap): TensorMap =>
      changedNormalizations(weights, byMasks, under('scales', noise), under('offsets', noise))

    let noise: TensorMap = {
      ...prefixed('scales', under('scales', inputs)),
      ...prefixed('offsets', under('offsets', inputs)),
    }
    for (let ascent = 0; ascent < ascents; ascent++) {
      const { gradients } = lossGradients(noise, (moved) => ({ loss: lossOf(shaken(masks, moved)) }))
      noise = mapTensors(noise, (value, name) =>
        tf.add(value, tf.mul(tf.sign(tensorOf(gradients, name)), epsilon / ascents)),
      )
    }
    const { loss, gradients } = lossGradients(masks, (parameters) => {
      const clean = lossOf(changedNormalizations(weights, parameters, {}, {}))
      const noisy = lossOf(shaken(parameters, noise))
      return { loss: tf.add(tf.mul(clean, cleanShare), tf.mul(noisy, 1 - cleanShare)) }
    })
    const updated = optimizer.update({
      parameters: masks,
      gradients,
      slots: under('optimizer', state),
      learningRate: tensorOf(inputs, 'learningRate'),
    })
    const clipped = mapTensors(updated.parameters, (mask) => tf.clipByValue(mask, 0, 1))
    return { state: { ...prefixed('masks', clipped), ...prefixed('optimizer', updated.slots) }, outputs: { loss } }
  }
}

/** Scale (mask + noise) and offset (1 + noise) of each batch normalisation that has a mask. */
function changedNormalizations(weights: TensorMap, masks: TensorMap, scales: TensorMap, offsets: TensorMap): TensorMap {
  return Object.fromEntries(
    Object.entries(masks).flatMap(([name, mask]) => {
      const [scaleNoise, offsetNoise] = [scales[name], offsets[name]]
      const scale = tensorOf(weights, `${name}.weight`)
      const offset = tensorOf(weights, `${name}.bias`)
      return [
        [`${name}.weight`, tf.mul(scale, scaleNoise === undefined ? mask : tf.add(mask, scaleNoise))],
        [`${name}.bias`, offsetNoise === undefined ? offset : tf.mul(offset, tf.add(1, offsetNoise))],
      ]
    }),
  )
}
