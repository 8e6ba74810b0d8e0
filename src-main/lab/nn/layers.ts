import { tensorOf } from '../compute/tensor-map.js'
import { batchNormRunning, batchNormTrain } from '../kernels/index.js'
import { tf, type Tensor, type Tensor2D, type Tensor4D } from '../tf.js'
import { pytorchDefaults, type Fan, type Initialization, type Initializer } from './initialization.js'
import { paddedBy } from './pooling.js'
import type { Scope } from './scope.js'

export interface ParameterSpec {
  /** PyTorch's name of the same weight, such as `conv1.weight`. */
  readonly name: string
  /**
   * In this library's layout: convolutions height x width x in x out, linear in x out. For a depthwise convolution, whose
   * channels are groups of their own, in is 1, as in PyTorch.
   */
  readonly shape: readonly number[]
  readonly initializer: Initializer
  /** False for running statistics, which follow the data and not the gradient. */
  readonly trainable: boolean
}

/** A batch normalisation: its weights are `<name>.weight`, `.bias`, `.running_mean` and `.running_var`, one for each channel. */
export interface NormalizationSpec {
  readonly name: string
  readonly channels: number
  /** The convolution whose output it normalises, channel by channel; null where that is a sum of several. */
  readonly convolution: string | null
}

export type Layer<I extends Tensor, O extends Tensor> = (scope: Scope, x: I) => O

/** Declares layers, collecting their parameters in order; each call returns the layer as a function. */
export interface LayerBuilder {
  readonly parameters: readonly ParameterSpec[]
  readonly normalizations: readonly NormalizationSpec[]
  conv2d(name: string, options: ConvOptions): Layer<Tensor4D, Tensor4D>
  /** Each channel by itself, with one filter each and no bias. */
  depthwiseConv2d(name: string, options: DepthwiseOptions): Layer<Tensor4D, Tensor4D>
  /** `of`: the convolution whose output it normalises, and nothing else; null where that is a sum. */
  batchNorm(name: string, channels: number, of: string | null): Layer<Tensor4D, Tensor4D>
  linear(name: string, options: LinearOptions): Layer<Tensor2D, Tensor2D>
}

export interface ConvOptions {
  readonly from: number
  readonly to: number
  readonly kernel: number
  readonly stride?: number
  /** Symmetric, in pixels, on every side: TensorFlow's "same" is not symmetric for strides above 1. */
  readonly padding?: number
  readonly bias?: boolean
}

export interface DepthwiseOptions extends Pick<ConvOptions, 'kernel' | 'stride' | 'padding'> {
  readonly channels: number
}

export interface LinearOptions {
  readonly from: number
  readonly to: number
  readonly bias?: boolean
}

/** How weights lie in files of this program, as their metadata says. */
export const OUR_LAYOUT = 'convolutions height x width x in x out, linear in x out'

const BATCH_NORM_EPSILON = 1e-5
/** Share of the new batch in the running statistics: PyTorch's "momentum" 0.1. */
const RUNNING_SHARE = 0.1

/** @param initialization where the weights do not start as PyTorch starts them by default */
export function createLayerBuilder(initialization: Partial<Initialization> = {}): LayerBuilder {
  const initial = { ...pytorchDefaults, ...initialization }
  const parameters: ParameterSpec[] = []
  const normalizations: NormalizationSpec[] = []
  const declare = (name: string, shape: readonly number[], initializer: Initializer, trainable = true): void => {
    if (parameters.some((other) => other.name === name)) throw new Error(`Two weights are called "${name}"`)
    parameters.push({ name, shape, initializer, trainable })
  }

  return {
    parameters,
    normalizations,

    conv2d(name, { from, to, kernel, stride = 1, padding = 0, bias = true }) {
      const fan: Fan = { in: from * kernel * kernel, out: to * kernel * kernel }
      declare(`${name}.weight`, [kernel, kernel, from, to], initial.conv(fan))
      if (bias) declare(`${name}.bias`, [to], initial.bias(fan))
      const isSame = keepsSize({ kernel, stride, padding })
      return (scope, x) => {
        const filter = tensorOf<Tensor4D>(scope.weights, `${name}.weight`)
        const y = isSame ? tf.conv2d(x, filter, 1, 'same') : tf.conv2d(paddedBy(x, padding), filter, stride, 'valid')
        return bias ? tf.add(y, tensorOf(scope.weights, `${name}.bias`)) : y
      }
    },

    depthwiseConv2d(name, { channels, kernel, stride = 1, padding = 0 }) {
      const fan: Fan = { in: kernel * kernel, out: channels * kernel * kernel }
      declare(`${name}.weight`, [kernel, kernel, 1, channels], initial.conv(fan))
      const isSame = keepsSize({ kernel, stride, padding })
      return (scope, x) => {
        const declared = tensorOf(scope.weights, `${name}.weight`)
        const filter = tf.reshape(declared, [kernel, kernel, channels, 1]) as Tensor4D
        return isSame
          ? tf.depthwiseConv2d(x, filter, 1, 'same')
          : tf.depthwiseConv2d(paddedBy(x, padding), filter, stride, 'valid')
      }
    },

    batchNorm(name, channels, convolution) {
      normalizations.push({ name, channels, convolution })
      declare(`${name}.weight`, [channels], { kind: 'constant', value: 1 })
      declare(`${name}.bias`, [channels], { kind: 'constant', value: 0 })
      declare(`${name}.running_mean`, [channels], { kind: 'constant', value: 0 }, false)
      declare(`${name}.running_var`, [channels], { kind: 'constant', value: 1 }, false)
      return (scope, x) => {
        const scale = tensorOf(scope.weights, `${name}.weight`)
        const offset = tensorOf(scope.weights, `${name}.bias`)
        const runningMean = tensorOf(scope.weights, `${name}.running_mean`)
        const runningVariance = tensorOf(scope.weights, `${name}.running_var`)
        if (scope.normalization === 'running') {
          return batchNormRunning(
            x,
            { scale, offset, mean: runningMean, variance: runningVariance },
            BATCH_NORM_EPSILON,
          )
        }
        const { normalized, mean, variance } = batchNormTrain(x, scale, offset, BATCH_NORM_EPSILON)
        scope.statistics[`${name}.running_mean`] = towards(runningMean, mean)
        scope.statistics[`${name}.running_var`] = towards(runningVariance, variance)
        return normalized
      }
    },

    linear(name, { from, to, bias = true }) {
      const fan: Fan = { in: from, out: to }
      declare(`${name}.weight`, [from, to], initial.linear(fan))
      if (bias) declare(`${name}.bias`, [to], initial.bias(fan))
      return (scope, x) => {
        const y = tf.matMul(x, tensorOf<Tensor2D>(scope.weights, `${name}.weight`))
        return (bias ? tf.add(y, tensorOf(scope.weights, `${name}.bias`)) : y) as Tensor2D
      }
    },
  }
}

/** Where TensorFlow's "same", which pads without a copy, is symmetric. */
function keepsSize({ kernel, stride, padding }: { kernel: number; stride: number; padding: number }): boolean {
  return stride === 1 && 2 * padding === kernel - 1
}

function towards(running: Tensor, batch: Tensor): Tensor {
  return tf.add(running, tf.mul(tf.sub(batch, running), RUNNING_SHARE))
}
