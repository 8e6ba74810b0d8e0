import { AppError } from '../../../src-shared/contract/errors.js'
import type { LayerInfo, NetworkFacts } from '../../../src-shared/model/inspection.js'
import { disposeTensors } from '../compute/tensor-map.js'
import { layerShape } from '../explain/class-scores.js'
import type { Network } from '../nn/network.js'
import { tf } from '../tf.js'

/** The places whose activations can be looked at, from the input to the output. */
export function describeLayers(network: Network): LayerInfo[] {
  const weights = Object.fromEntries(network.parameters.map(({ name, shape }) => [name, tf.zeros([...shape])]))
  try {
    return network.features.map(({ name, kind, channels }) => {
      const [, height = 1, width = 1] = kind === 'map' ? layerShape({ network, weights }, name) : []
      return { name, kind, channels, height, width }
    })
  } finally {
    disposeTensors(weights)
  }
}

export function describeNetwork(network: Network): NetworkFacts {
  return {
    layers: describeLayers(network),
    parameters: network.parameters.map(({ name, shape, trainable }) => ({
      name,
      shape: [...shape],
      count: shape.reduce((product, length) => product * length, 1),
      trainable,
    })),
  }
}

/** Refuses a layer that the network does not have, naming those that it has. */
export function checkLayer({ features }: Network, layer: string): void {
  if (features.some(({ name }) => name === layer)) return
  const message = `is not a layer of this network that can be looked at; there are: ${features.map(({ name }) => name).join(', ')}`
  throw new AppError({
    code: 'invalid-input',
    message: `layer: ${JSON.stringify(layer)} ${message}`,
    fields: [{ path: 'layer', value: layer, message }],
  })
}
