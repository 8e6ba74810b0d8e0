import type { DatasetInfo } from '../define.js'
import type { LayerBuilder } from '../nn/layers.js'
import type { Network } from '../nn/network.js'

/** A network for a dataset, out of what only the model can say of it. */
export function assemble(
  { shape, classNames, pixelNormalization }: DatasetInfo,
  { parameters, normalizations }: LayerBuilder,
  body: Pick<Network, 'features' | 'classifierLayer' | 'forward'>,
): Network {
  return { inputShape: shape, classes: classNames.length, pixelNormalization, parameters, normalizations, ...body }
}
