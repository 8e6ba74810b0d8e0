import { adamUpdate, momentumUpdate } from '../kernels/index.js'
import { tf, type Tensor } from '../tf.js'
import { mapTensors, tensorOf, type TensorMap } from './tensor-map.js'

/** Keeps the division finite, as in PyTorch. */
const CLIP_FLOOR = 1e-6

/** An optimizer as a pure function: what it remembers between steps are named slots that the caller keeps. */
export interface Optimizer {
  /** Slots before the first step, one or more per parameter. */
  initialSlots(parameters: TensorMap): TensorMap
  /** New parameters and slots. `learningRate` is a scalar tensor, so that a schedule needs no new step. */
  update(arguments_: { parameters: TensorMap; gradients: TensorMap; slots: TensorMap; learningRate: Tensor }): {
    parameters: TensorMap
    slots: TensorMap
  }
}

export interface SgdOptions {
  /** 0..1. */
  readonly momentum: number
  /** L2 penalty, added to the gradient. */
  readonly weightDecay: number
  readonly nesterov?: boolean
}

/** Stochastic gradient descent with momentum; the gradient includes the weight decay. */
export function sgd({ momentum, weightDecay, nesterov = false }: SgdOptions): Optimizer {
  return {
    initialSlots: (parameters) => slotsOf('velocity', parameters, tf.zerosLike),
    update({ parameters, gradients, slots, learningRate }) {
      const newSlots: Record<string, Tensor> = {}
      const newParameters = mapTensors(parameters, (weight, name) => {
        const gradient = decayed(tensorOf(gradients, name), weight, weightDecay)
        const velocity = tensorOf(slots, `velocity/${name}`)
        const updated = momentumUpdate({ weight, gradient, velocity, learningRate }, { momentum, nesterov })
        newSlots[`velocity/${name}`] = updated.velocity
        return updated.weight
      })
      return { parameters: newParameters, slots: newSlots }
    },
  }
}

export interface AdamOptions {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon?: number
  /** L2 penalty, added to the gradient. */
  readonly weightDecay?: number
}

/** Adam; the gradient includes the weight decay. */
export function adam({ beta1, beta2, epsilon = 1e-8, weightDecay = 0 }: AdamOptions): Optimizer {
  return {
    initialSlots: (parameters) => ({
      ...slotsOf('mean', parameters, tf.zerosLike),
      ...slotsOf('square', parameters, tf.zerosLike),
      beta1Power: tf.scalar(1),
      beta2Power: tf.scalar(1),
    }),
    update({ parameters, gradients, slots, learningRate }) {
      const beta1Power = tf.mul(tensorOf(slots, 'beta1Power'), beta1)
      const beta2Power = tf.mul(tensorOf(slots, 'beta2Power'), beta2)
      const newSlots: Record<string, Tensor> = { beta1Power, beta2Power }
      const newParameters = mapTensors(parameters, (weight, name) => {
        const gradient = decayed(tensorOf(gradients, name), weight, weightDecay)
        const mean = tensorOf(slots, `mean/${name}`)
        const square = tensorOf(slots, `square/${name}`)
        const updated = adamUpdate(
          { weight, gradient, mean, square, beta1Power, beta2Power, learningRate },
          { beta1, beta2, epsilon },
        )
        newSlots[`mean/${name}`] = updated.mean
        newSlots[`square/${name}`] = updated.square
        return updated.weight
      })
      return { parameters: newParameters, slots: newSlots }
    },
  }
}

/** The same with gradients that are shortened, all by one factor, where together they are longer (L2) than `longest`. */
export function clipGradients(optimizer: Optimizer, longest: number): Optimizer {
  return {
    ...optimizer,
    update(given) {
      const squares = Object.values(given.gradients).map((gradient) => tf.sum(tf.square(gradient)))
      const length = tf.sqrt(squares.reduce((sum, square) => tf.add(sum, square)))
      const factor = tf.minimum(1, tf.div(longest, tf.add(length, CLIP_FLOOR)))
      return optimizer.update({ ...given, gradients: mapTensors(given.gradients, (each) => tf.mul(each, factor)) })
    },
  }
}

export interface OptimizerOptions {
  readonly optimizer: 'sgd' | 'nesterov' | 'adam'
  /** 0..1; beta 1 of Adam, whose beta 2 is 0.999. */
  readonly momentum: number
  readonly weightDecay: number
}

export function createOptimizer({ optimizer, momentum, weightDecay }: OptimizerOptions): Optimizer {
  if (optimizer === 'adam') return adam({ beta1: momentum, beta2: 0.999, weightDecay })
  return sgd({ momentum, weightDecay, nesterov: optimizer === 'nesterov' })
}

function decayed(gradient: Tensor, weight: Tensor, weightDecay: number): Tensor {
  return weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(weight, weightDecay))
}

function slotsOf(slot: string, parameters: TensorMap, create: (tensor: Tensor) => Tensor): TensorMap {
  return Object.fromEntries(Object.entries(parameters).map(([name, tensor]) => [`${slot}/${name}`, create(tensor)]))
}
