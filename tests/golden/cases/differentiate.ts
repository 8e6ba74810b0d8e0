import { lossGradients } from '../../../src-main/lab/compute/gradients.js'
import { mapTensors, prefixed, tensorOf, type TensorMap } from '../../../src-main/lab/compute/tensor-map.js'
import { createLayerBuilder, type Layer, type LayerBuilder } from '../../../src-main/lab/nn/layers.js'
import { createScope, type NormalizationMode } from '../../../src-main/lab/nn/scope.js'
import { tf, type Tensor } from '../../../src-main/lab/tf.js'
import { fill, fillWeight } from '../fill.js'

/** A value to differentiate, and what else came out. */
export interface Outcome {
  readonly y: Tensor
  readonly others?: TensorMap
}

/**
 * `y` and, for each of the wanted tensors, the gradient of sum(y * pull), where pull is filled, so that a mistake in any
 * entry of the gradient shows. Frees everything else, the wanted tensors too.
 */
export function differentiate(
  name: string,
  create: () => TensorMap,
  forward: (tensors: TensorMap) => Outcome,
): TensorMap {
  return tf.tidy(() => {
    const { aux, gradients } = lossGradients(create(), (tensors) => {
      const { y, others = {} } = forward(tensors)
      const pulled = tf.sum(tf.mul(y, fill(`${name}/pull`, y.shape)))
      return { loss: pulled, aux: { y, ...others } }
    })
    return { ...aux, ...prefixed('gradient', gradients) }
  })
}

/** One layer on its own: value and gradients, and new running statistics where it has any. */
export function differentiateLayer<I extends Tensor>(
  name: string,
  declare: (layers: LayerBuilder) => Layer<I, Tensor>,
  inputs: readonly (() => I)[],
  normalization: NormalizationMode = 'batch',
): TensorMap {
  const layers = createLayerBuilder()
  const layer = declare(layers)
  const specs = layers.parameters.map((spec) => ({ ...spec, name: spec.name.replace(/^layer\./, '') }))
  const weightsWhere = (trainable: boolean): Record<string, Tensor> =>
    Object.fromEntries(
      specs
        .filter((spec) => spec.trainable === trainable)
        .map((spec) => [spec.name, fillWeight(`${name}/layer/${spec.name}`, spec.shape)]),
    )
  return tf.tidy(() => {
    let running: TensorMap = weightsWhere(false)
    let results: TensorMap = {}
    for (const input of inputs) {
      results = differentiate(
        name,
        () => ({ x: input(), ...weightsWhere(true) }),
        ({ x, ...weights }) => {
          const scope = createScope(layerNames({ ...weights, ...running }), normalization)
          return { y: layer(scope, x as I), others: bareNames(scope.statistics) }
        },
      )
      running = mapTensors(running, (tensor, key) => results[key] ?? tensor)
    }
    return results
  })
}

const layerNames = (tensors: TensorMap): TensorMap => renamed(tensors, (name) => `layer.${name}`)
const bareNames = (tensors: TensorMap): TensorMap => renamed(tensors, (name) => name.replace(/^layer\./, ''))

function renamed(tensors: TensorMap, rename: (name: string) => string): TensorMap {
  return Object.fromEntries(Object.keys(tensors).map((name) => [rename(name), tensorOf(tensors, name)]))
}
