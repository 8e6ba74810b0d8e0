/**
 * Steps that optimise one patch at one place. Two ways of keeping its values in 0..1: as (tanh(a) + 1) / 2 with a free
 * (Carlini and Wagner, "Towards Evaluating the Robustness of Neural Networks", 2017, section V), or by projection after
 * each signed step (PGD; Madry et al., 2018).
 */
import { lossGradients } from '../compute/gradients.js'
import type { Optimizer } from '../compute/optimizers.js'
import type { Step } from '../compute/step.js'
import { prefixed, tensorOf, under, type TensorMap } from '../compute/tensor-map.js'
import type { Place, Size } from '../../../src-shared/trigger/place.js'
import { softmaxCrossEntropy } from '../kernels/index.js'
import { classify, type Classifier } from '../nn/network.js'
import { tf, type Tensor, type Tensor1D, type Tensor3D, type Tensor4D } from '../tf.js'
import { lastFeatures } from '../evaluation/features.js'

/**
 * What a patch (height x width x channels, 0..1) is to lower. `cover` has its shape: how much of what is below each value
 * covers, 0..1. Returns a scalar.
 */
export type PatchLoss = (patch: Tensor3D, cover: Tensor3D, inputs: TensorMap) => Tensor

/** Keeps atanh finite where a value is black or white. */
const INSIDE = 0.999

/** The a of (tanh(a) + 1) / 2 for values in 0..1. */
export function tanhOf(values: Float32Array): Float32Array {
  return values.map((value) => Math.atanh(INSIDE * (2 * value - 1)))
}

export function pixelsOfTanh(a: Tensor): Tensor3D {
  return tf.div(tf.add(tf.tanh(a), 1), 2) as Tensor3D
}

/**
 * State: `patch` (the a of tanh), `cover`, `optimizer/*`. Inputs: `learningRate` and those of the loss. Output: `loss`.
 */
export function tanhPatchStep(loss: PatchLoss, optimizer: Optimizer): Step {
  return (state, inputs) => {
    const cover = tensorOf<Tensor3D>(state, 'cover')
    const parameters = { patch: tensorOf(state, 'patch') }
    const { loss: value, gradients } = lossGradients(parameters, ({ patch }) => ({
      loss: loss(pixelsOfTanh(patch!), cover, inputs),
    }))
    const slots = under('optimizer', state)
    const updated = optimizer.update({ parameters, gradients, slots, learningRate: tensorOf(inputs, 'learningRate') })
    return { state: { ...updated.parameters, ...prefixed('optimizer', updated.slots) }, outputs: { loss: value } }
  }
}

/**
 * State: `patch` (0..1), `anchor` (what it started from), `cover`. Inputs: `stepSize` and those of the loss. Output:
 * `loss`. No value gets further than `radius` from its anchor.
 */
export function signedPatchStep(loss: PatchLoss, radius: number): Step {
  return signedStep(
    'patch',
    (patch, state, inputs) => loss(patch as Tensor3D, tensorOf(state, 'cover'), inputs),
    radius,
  )
}

/**
 * One signed step down the loss of the entry `name` of the state (0..1), which stays within `radius` of the entry `anchor`
 * (PGD). Inputs: `stepSize` and those of the loss. Output: `loss`.
 */
export function signedStep(
  name: string,
  loss: (values: Tensor, state: TensorMap, inputs: TensorMap) => Tensor,
  radius: number,
): Step {
  return (state, inputs) => {
    const anchor = tensorOf(state, 'anchor')
    const before = tensorOf(state, name)
    const { loss: value, gradients } = lossGradients({ [name]: before }, (values) => ({
      loss: loss(tensorOf(values, name), state, inputs),
    }))
    const moved = tf.sub(before, tf.mul(tf.sign(tensorOf(gradients, name)), tensorOf(inputs, 'stepSize')))
    const near = tf.minimum(tf.maximum(moved, tf.sub(anchor, radius)), tf.add(anchor, radius))
    return { state: { [name]: tf.clipByValue(near, 0, 1) }, outputs: { loss: value } }
  }
}

/** Sum of the squared distances of the chosen neurons from `value`, for the patch on a black image (TrojanNN). */
export function neuronLoss(
  { network, weights }: Classifier,
  neurons: readonly number[],
  value: number,
  at: Place,
): PatchLoss {
  const { channels: features } = lastFeatures(network)
  const isChosen = Array.from({ length: features }, (_, index) => (neurons.includes(index) ? 1 : 0))
  return (patch, cover) => {
    const activations = lastActivations({ network, weights }, patch, cover, at)
    return tf.sum(tf.mul(tf.square(tf.sub(activations, value)), tf.tensor1d(isChosen)))
  }
}

/** What the classifying layer receives for a patch on a black image, 1 x features. Call inside `tf.tidy`. */
export function lastActivations({ network, weights }: Classifier, patch: Tensor3D, cover: Tensor3D, at: Place): Tensor {
  const onBlack = inImage(tf.mul(patch, cover), at, network.inputShape)
  const image = tf.reshape(onBlack, [1, ...onBlack.shape]) as Tensor4D
  return tensorOf(classify(network, weights, image, 'running').features, lastFeatures(network).name)
}

/** Mean cross-entropy of images that carry the patch with the class that the attacker wants for each (IMC). */
export function targetLoss({ network, weights }: Classifier, at: Place): PatchLoss {
  return (patch, cover, inputs) => {
    const images = layPatch(tensorOf<Tensor4D>(inputs, 'images'), patch, cover, at)
    const { logits } = classify(network, weights, images, 'running')
    return tf.mean(softmaxCrossEntropy(logits, tensorOf<Tensor1D>(inputs, 'targets')))
  }
}

/** x + cover * (patch - x) at one place of every image. */
function layPatch(images: Tensor4D, patch: Tensor3D, cover: Tensor3D, at: Place): Tensor4D {
  const [, height, width] = images.shape
  const laid = (values: Tensor3D): Tensor3D => inImage(values, at, { height, width })
  return tf.add(tf.mul(images, tf.sub(1, laid(cover))), laid(tf.mul(patch, cover))) as Tensor4D
}

/** The values of a patch at their place in an image that is 0 elsewhere. */
function inImage(values: Tensor3D, { row, column }: Place, { height, width }: Size): Tensor3D {
  const [patchHeight, patchWidth] = values.shape
  return tf.pad3d(values, [
    [row, height - row - patchHeight],
    [column, width - column - patchWidth],
    [0, 0],
  ])
}
