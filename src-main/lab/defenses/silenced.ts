import { tensorOf, type TensorMap } from '../compute/tensor-map.js'
import type { NormalizationSpec } from '../nn/layers.js'
import { tf } from '../tf.js'

/** Channels of batch normalisations, by the name of the normalisation. */
export type ChannelsByLayer = ReadonlyMap<string, readonly number[]>

/**
 * The weights with these channels pruned: their scale is 0, and their offset too where `andOffset` says so. Owned by the
 * caller.
 */
export function silenceChannels(weights: TensorMap, channels: ChannelsByLayer, andOffset: boolean): TensorMap {
  const pruned = new Map<string, readonly number[]>()
  for (const [layer, indices] of channels) {
    pruned.set(`${layer}.weight`, indices)
    if (andOffset) pruned.set(`${layer}.bias`, indices)
  }
  return tf.tidy(() =>
    Object.fromEntries(
      Object.entries(weights).map(([name, tensor]) => {
        const indices = pruned.get(name) ?? []
        if (indices.length === 0) return [name, tf.clone(tensor)]
        const kept = Float32Array.from({ length: tensor.size }, (_, k) => (indices.includes(k) ? 0 : 1))
        return [name, tf.mul(tensorOf(weights, name), tf.tensor1d(kept))]
      }),
    ),
  )
}

export function channelCount(normalizations: readonly NormalizationSpec[]): number {
  return normalizations.reduce((sum, { channels }) => sum + channels, 0)
}

export function countChannels(channels: ChannelsByLayer): number {
  return [...channels.values()].reduce((sum, indices) => sum + indices.length, 0)
}
