import { tf, type Tensor, type Tensor4D } from '../tf.js'
import { registerComposedKernel, runKernel } from './composed.js'

export const BATCH_NORM_TRAIN = 'BatchNormTrain'
export const BATCH_NORM_TRAIN_GRADIENT = 'BatchNormTrainGradient'
export const BATCH_NORM_RUNNING = 'BatchNormRunning'

export interface BatchNormTrainResult {
  readonly normalized: Tensor4D
  /** Per channel. */
  readonly mean: Tensor
  /** Per channel, with Bessel's correction: what the running variance takes, as in PyTorch and TensorFlow. */
  readonly variance: Tensor
}

/**
 * Batch normalisation with the batch's own statistics (Ioffe and Szegedy, 2015).
 * @param x batch x height x width x channels
 * @param scale gamma, one per channel
 * @param offset beta, one per channel
 */
export function batchNormTrain(x: Tensor4D, scale: Tensor, offset: Tensor, epsilon: number): BatchNormTrainResult {
  const [normalized, mean, variance] = runKernel(BATCH_NORM_TRAIN, { x, scale, offset }, { epsilon })
  return { normalized: normalized as Tensor4D, mean: mean!, variance: variance! }
}

/** One value per channel each. */
export interface BatchNormConstants {
  /** gamma */
  readonly scale: Tensor
  /** beta */
  readonly offset: Tensor
  readonly mean: Tensor
  readonly variance: Tensor
}

/**
 * Batch normalisation with given statistics, as a deployed model computes it. The statistics are constants: no gradient
 * goes to them.
 * @param x batch x height x width x channels
 */
export function batchNormRunning(x: Tensor4D, constants: BatchNormConstants, epsilon: number): Tensor4D {
  return runKernel(BATCH_NORM_RUNNING, { x, ...constants }, { epsilon })[0] as Tensor4D
}

/** What the forward kernel hands to its gradient: opaque, different between backends. */
const RESERVED = ['reserved1', 'reserved2', 'reserved3'] as const

export function registerBatchNorm(): void {
  registerComposedKernel(BATCH_NORM_TRAIN, ({ x, scale, offset }, { epsilon }) => {
    const { mean, variance } = tf.moments(x!, [0, 1, 2])
    const count = x!.size / scale!.size
    const factor = tf.mul(scale!, tf.rsqrt(tf.add(variance, epsilon as number)))
    const normalized = tf.add(tf.mul(tf.sub(x!, mean), factor), offset!)
    const unbiased = tf.mul(variance, count / Math.max(1, count - 1))
    return [normalized, mean, unbiased, tf.clone(mean), variance, tf.scalar(0)]
  })

  registerComposedKernel(
    BATCH_NORM_TRAIN_GRADIENT,
    ({ dy, x, scale, reserved1: mean, reserved2: variance }, { epsilon }) => {
      const inverse = tf.rsqrt(tf.add(variance!, epsilon as number))
      const centred = tf.mul(tf.sub(x!, mean!), inverse)
      const dOffset = tf.sum(dy!, [0, 1, 2])
      const dScale = tf.sum(tf.mul(dy!, centred), [0, 1, 2])
      const count = x!.size / scale!.size
      const common = tf.div(tf.add(dOffset, tf.mul(centred, dScale)), count)
      const dx = tf.mul(tf.sub(dy!, common), tf.mul(scale!, inverse))
      return [dx, dScale, dOffset]
    },
  )

  tf.registerGradient({
    kernelName: BATCH_NORM_TRAIN,
    inputsToSave: ['x', 'scale'],
    outputsToSave: [false, false, false, true, true, true],
    gradFunc: (dys, saved, attributes) => {
      const [x, scale, ...reserved] = saved
      const named = Object.fromEntries(RESERVED.map((name, i) => [name, reserved[i]!]))
      // Only the first output is differentiated: the statistics go into the running averages, not into the loss.
      const [dx, dScale, dOffset] = runKernel(
        BATCH_NORM_TRAIN_GRADIENT,
        { dy: (dys as Tensor[])[0]!, x: x!, scale: scale!, ...named },
        { epsilon: (attributes as unknown as { epsilon: number }).epsilon },
      )
      return { x: () => dx!, scale: () => dScale!, offset: () => dOffset! }
    },
  })
  registerComposedKernel(BATCH_NORM_RUNNING, ({ x, scale, offset, mean, variance }, { epsilon }) => {
    const factor = tf.mul(scale!, tf.rsqrt(tf.add(variance!, epsilon as number)))
    return [tf.add(tf.mul(x!, factor), tf.sub(offset!, tf.mul(mean!, factor)))]
  })

  tf.registerGradient({
    kernelName: BATCH_NORM_RUNNING,
    inputsToSave: ['x', 'scale', 'mean', 'variance'],
    gradFunc: (dys, [x, scale, mean, variance], attributes) => {
      const dy = dys as Tensor
      const inverse = tf.rsqrt(tf.add(variance!, (attributes as unknown as { epsilon: number }).epsilon))
      return {
        x: () => tf.mul(dy, tf.mul(scale!, inverse)),
        scale: () => tf.sum(tf.mul(dy, tf.mul(tf.sub(x!, mean!), inverse)), [0, 1, 2]),
        offset: () => tf.sum(dy, [0, 1, 2]),
      }
    },
  })
}
