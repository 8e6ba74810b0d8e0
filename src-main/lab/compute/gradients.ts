import { tf, type Tensor } from '../tf.js'
import { cloneTensors, disposeTensors, mapTensors, type TensorMap } from './tensor-map.js'

export interface LossAndAux {
  /** A scalar. */
  readonly loss: Tensor
  /** Whatever else the forward pass computed and the caller wants. */
  readonly aux?: TensorMap
}

export interface LossGradients {
  readonly loss: Tensor
  readonly aux: TensorMap
  readonly gradients: TensorMap
}

/**
 * The loss, its gradient with respect to each of `wanted`, and side results of the same forward pass. Nothing is
 * computed for weights that are not in `wanted`. Call inside `tf.tidy`.
 */
export function lossGradients(wanted: TensorMap, forward: (tensors: TensorMap) => LossAndAux): LossGradients {
  const names = Object.keys(wanted)
  let kept: TensorMap = {}
  const scalarLoss = (...values: Tensor[]): Tensor => {
    const { loss, aux = {} } = forward(Object.fromEntries(names.map((name, i) => [name, values[i]!])))
    // The gradient scope frees everything but the loss, so the side results are lifted out by hand.
    kept = mapTensors(aux, (tensor) => tf.keep(tf.clone(tensor)))
    return loss
  }
  const { value, grads } = tf.valueAndGrads(scalarLoss as (...values: Tensor[]) => tf.Scalar)(
    names.map((name) => wanted[name]!),
  )
  const aux = cloneTensors(kept)
  disposeTensors(kept)
  return { loss: value, aux, gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]!])) }
}
