import type { TensorMap } from '../compute/tensor-map.js'
import { tf, type Tensor } from '../tf.js'

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
  /** Added to the activation of that name: its gradient is that of the activation, without the layers below. */
  readonly nudges: TensorMap
}

export function createScope(weights: TensorMap, normalization: NormalizationMode, nudges: TensorMap = {}): Scope {
  return { weights, normalization, statistics: {}, features: {}, nudges }
}

/** Leaves an activation under the name of its place, and returns it to go on with. */
export function markFeature<T extends Tensor>(scope: Scope, name: string, activation: T): T {
  const nudge = scope.nudges[name]
  const marked = nudge === undefined ? activation : (tf.add(activation, nudge) as T)
  scope.features[name] = marked
  return marked
}
