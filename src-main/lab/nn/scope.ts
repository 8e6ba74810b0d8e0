import type { TensorMap } from '../compute/tensor-map.js'
import type { Tensor } from '../tf.js'

/**
 * How batch normalisation behaves in a forward pass: `batch` uses the batch's statistics and reports new running ones,
 * `running` uses the running ones and leaves them.
 */
export type NormalizationMode = 'batch' | 'running'

/** What a forward pass works with: weights by name, and where new running statistics are left. */
export interface Scope {
  readonly weights: TensorMap
  readonly normalization: NormalizationMode
  /** New values of running statistics, filled in by the pass when `normalization` is `batch`. */
  readonly statistics: Record<string, Tensor>
  /** Activations at the network's named places, filled in by the pass (see `Network.features`). */
  readonly features: Record<string, Tensor>
}

export function createScope(weights: TensorMap, normalization: NormalizationMode): Scope {
  return { weights, normalization, statistics: {}, features: {} }
}

/** Leaves an activation under the name of its place, and passes it on. */
export function markFeature<T extends Tensor>(scope: Scope, name: string, activation: T): T {
  scope.features[name] = activation
  return activation
}
