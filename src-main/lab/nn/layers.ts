import { tensorOf } from '../compute/tensor-map.js'
import { batchNormTrain } from '../kernels/index.js'
import { tf, type Tensor, type Tensor2D, type Tensor4D } from '../tf.js'
import type { Scope } from './scope.js'

/** How a weight starts. The uniform bounds are PyTorch's defaults for convolution and linear layers. */
export type Initializer =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'uniform'; readonly bound: number }
  | { readonly kind: 'normal'; readonly deviation: number }

export interface ParameterSpec {
  /** PyTorch's name of the same weight, such as `conv1.weight`. */
  readonly name: string
  /** In this library's layout: convolutions height x width x in x out, linear in x out. */
  readonly shape: readonly number[]
  readonly initializer: Initializer
  /** False for running statistics, which follow the data and not the gradient. */
  readonly trainable: boolean
}

export type Layer<I extends Tensor, O extends Tensor> = (scope: Scope, x: I) => O

/** Declares layers, collecting their parameters in order; each call returns the layer as a function. */
export interface LayerBuilder {
  readonly parameters: readonly ParameterSpec[]
  conv2d(name: string, options: ConvOptions): Layer<Tensor4D, Tensor4D>
  batchNorm(name: string, channels: number): Layer<Tensor4D, Tensor4D>
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

export interface LinearOptions {
  readonly from: number
  readonly to: number
  readonly bias?: boolean
}

const BATCH_NORM_EPSILON = 1e-5
/** Share of the new batch in the running statistics: PyTorch's "momentum" 0.1. */
const RUNNING_SHARE = 0.1

export function createLayerBuilder(): LayerBuilder {
  const parameters: ParameterSpec[] = []
  const declare = (name: string, shape: readonly number[], initializer: Initializer, trainable = true): void => {
    if (parameters.some((other) => other.name === name)) throw new Error(`Two weights are called "${name}"`)
    parameters.push({ name, shape, initializer, trainable })
  }

  return {
    parameters,

    conv2d(name, { from, to, kernel, stride = 1, padding = 0, bias = true }) {
      const bound = 1 / Math.sqrt(from * kernel * kernel)
      declare(`${name}.weight`, [kernel, kernel, from, to], { kind: 'uniform', bound })
      if (bias) declare(`${name}.bias`, [to], { kind: 'uniform', bound })
      return (scope, x) => {
        const filter = tensorOf<Tensor4D>(scope.weights, `${name}.weight`)
        const y =
          stride === 1 && 2 * padding === kernel - 1
            ? tf.conv2d(x, filter, 1, 'same')
            : tf.conv2d(padding === 0 ? x : tf.pad(x, paddings(padding)), filter, stride, 'valid')
        return bias ? tf.add(y, tensorOf(scope.weights, `${name}.bias`)) : y
      }
    },

    batchNorm(name, channels) {
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
          const factor = tf.mul(scale, tf.rsqrt(tf.add(runningVariance, BATCH_NORM_EPSILON)))
          return tf.add(tf.mul(x, factor), tf.sub(offset, tf.mul(runningMean, factor)))
        }
        const { normalized, mean, variance } = batchNormTrain(x, scale, offset, BATCH_NORM_EPSILON)
        scope.statistics[`${name}.running_mean`] = towards(runningMean, mean)
        scope.statistics[`${name}.running_var`] = towards(runningVariance, variance)
        return normalized
      }
    },

    linear(name, { from, to, bias = true }) {
      const bound = 1 / Math.sqrt(from)
      declare(`${name}.weight`, [from, to], { kind: 'uniform', bound })
      if (bias) declare(`${name}.bias`, [to], { kind: 'uniform', bound })
      return (scope, x) => {
        const y = tf.matMul(x, tensorOf<Tensor2D>(scope.weights, `${name}.weight`))
        return (bias ? tf.add(y, tensorOf(scope.weights, `${name}.bias`)) : y) as Tensor2D
      }
    },
  }
}

function paddings(pixels: number): [number, number][] {
  return [
    [0, 0],
    [pixels, pixels],
    [pixels, pixels],
    [0, 0],
  ]
}

function towards(running: Tensor, batch: Tensor): Tensor {
  return tf.add(running, tf.mul(tf.sub(batch, running), RUNNING_SHARE))
}
