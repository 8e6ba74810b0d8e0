import {
  ADAM_UPDATE,
  composeAdamUpdate,
  composeMomentumUpdate,
  MOMENTUM_UPDATE,
  type AdamConstants,
  type AdamInputs,
  type MomentumConstants,
  type MomentumInputs,
} from '../../lab/kernels/optimizer-updates.js'
import { tf } from '../../lab/tf.js'
import { registerNativeKernel } from './native.js'

/**
 * TensorFlow's own updates change variables in place and in one pass. Where there are none they are composed; a graph
 * whose state lives in variables takes the operation that is noted beside (graph/variables.ts).
 */
export function registerNativeOptimizerUpdates(): void {
  registerNativeKernel(ADAM_UPDATE, (backend, inputs, attributes) =>
    tf.tidy(() => {
      const given = inputs as unknown as AdamInputs
      const constants = attributes as unknown as AdamConstants
      const made = composeAdamUpdate(given, constants)
      const { weight, gradient, mean, square, beta1Power, beta2Power, learningRate } = given
      backend.binding.noteUpdate?.(
        'ResourceApplyAdam',
        {},
        () => [
          ...[weight, mean, square, beta1Power, beta2Power, learningRate],
          ...[tf.scalar(constants.beta1), tf.scalar(constants.beta2)],
          // It adds epsilon to the root before that is corrected for its start at zero.
          tf.mul(constants.epsilon, tf.sqrt(tf.sub(1, beta2Power))),
          gradient,
        ],
        made,
      )
      return made
    }),
  )

  registerNativeKernel(MOMENTUM_UPDATE, (backend, inputs, attributes) =>
    tf.tidy(() => {
      const given = inputs as unknown as MomentumInputs
      const constants = attributes as unknown as MomentumConstants
      const made = composeMomentumUpdate(given, constants)
      const { weight, velocity, learningRate, gradient } = given
      backend.binding.noteUpdate?.(
        'ResourceApplyMomentum',
        { use_nesterov: Boolean(constants.nesterov) },
        () => [weight, velocity, learningRate, gradient, tf.scalar(constants.momentum)],
        made,
      )
      return made
    }),
  )
}
