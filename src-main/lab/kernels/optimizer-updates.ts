import { tf, type Tensor } from '../tf.js'
import { registerComposedKernel, runKernel } from './composed.js'

export const ADAM_UPDATE = 'AdamUpdate'
export const MOMENTUM_UPDATE = 'MomentumUpdate'

export interface AdamInputs {
  readonly weight: Tensor
  readonly gradient: Tensor
  readonly mean: Tensor
  readonly square: Tensor
  /** Beta 1 and beta 2 to the power of the number of steps, this one included: scalars. */
  readonly beta1Power: Tensor
  readonly beta2Power: Tensor
  readonly learningRate: Tensor
}

export interface AdamConstants {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
}

/** New weight, mean and square of Adam (Kingma and Ba, 2015, algorithm 1), with epsilon outside the root as in PyTorch. */
export function adamUpdate(
  inputs: AdamInputs,
  constants: AdamConstants,
): { weight: Tensor; mean: Tensor; square: Tensor } {
  const [weight, mean, square] = runKernel(ADAM_UPDATE, { ...inputs }, { ...constants })
  return { weight: weight!, mean: mean!, square: square! }
}

export interface MomentumInputs {
  readonly weight: Tensor
  readonly gradient: Tensor
  readonly velocity: Tensor
  readonly learningRate: Tensor
}

export interface MomentumConstants {
  /** 0..1. */
  readonly momentum: number
  readonly nesterov: boolean
}

/**
 * New weight and velocity in PyTorch's form: v = momentum * v + g, w = w - learningRate * v (with Nesterov:
 * w - learningRate * (g + momentum * v)).
 */
export function momentumUpdate(
  inputs: MomentumInputs,
  { momentum, nesterov }: MomentumConstants,
): { weight: Tensor; velocity: Tensor } {
  const [weight, velocity] = runKernel(MOMENTUM_UPDATE, { ...inputs }, { momentum, nesterov: Number(nesterov) })
  return { weight: weight!, velocity: velocity! }
}

export function composeAdamUpdate(
  { weight, gradient, mean, square, beta1Power, beta2Power, learningRate }: AdamInputs,
  { beta1, beta2, epsilon }: AdamConstants,
): Tensor[] {
  const stepSize = tf.div(learningRate, tf.sub(1, beta1Power))
  const squareScale = tf.sqrt(tf.sub(1, beta2Power))
  const newMean = tf.add(tf.mul(mean, beta1), tf.mul(gradient, 1 - beta1))
  const newSquare = tf.add(tf.mul(square, beta2), tf.mul(tf.square(gradient), 1 - beta2))
  const direction = tf.div(newMean, tf.add(tf.div(tf.sqrt(newSquare), squareScale), epsilon))
  return [tf.sub(weight, tf.mul(stepSize, direction)), newMean, newSquare]
}

export function composeMomentumUpdate(
  { weight, gradient, velocity, learningRate }: MomentumInputs,
  { momentum, nesterov }: MomentumConstants,
): Tensor[] {
  const newVelocity = tf.add(tf.mul(velocity, momentum), gradient)
  const direction = nesterov ? tf.add(gradient, tf.mul(newVelocity, momentum)) : newVelocity
  return [tf.sub(weight, tf.mul(direction, learningRate)), newVelocity]
}

export function registerOptimizerUpdates(): void {
  registerComposedKernel(ADAM_UPDATE, (inputs, constants) =>
    composeAdamUpdate(inputs as unknown as AdamInputs, constants as unknown as AdamConstants),
  )
  registerComposedKernel(MOMENTUM_UPDATE, (inputs, constants) =>
    composeMomentumUpdate(inputs as unknown as MomentumInputs, constants as unknown as MomentumConstants),
  )
}
