import { AppError } from '../../../src-shared/contract/errors.js'
import type { TensorMap } from '../compute/tensor-map.js'
import type { ImageShape } from '../data/image-set.js'
import type { Rng } from '../random/rng.js'
import { tf, type Tensor, type Tensor2D, type Tensor4D } from '../tf.js'
import type { NormalizationSpec, ParameterSpec } from './layers.js'
import { createScope, type NormalizationMode, type Scope } from './scope.js'

/** Per channel, in units of 0..1 pixels. Part of the network: images stay in 0..1 everywhere outside it. */
export interface PixelNormalization {
  readonly mean: readonly number[]
  readonly deviation: readonly number[]
}

/** A named place inside a network whose activations can be read: what attention, pruning and heatmaps look at. */
export interface FeatureSpec {
  readonly name: string
  readonly channels: number
  /** `map`: batch x height x width x channels. `vector`: batch x channels. */
  readonly kind: 'map' | 'vector'
}

/** An image classifier without its weights: what they are called and how an image goes through them. */
export interface Network {
  readonly inputShape: ImageShape
  readonly classes: number
  readonly parameters: readonly ParameterSpec[]
  /** Its batch normalisations, each with the convolution before it. */
  readonly normalizations: readonly NormalizationSpec[]
  /** Normalised images (batch x height x width x channels) to logits (batch x classes). */
  readonly forward: (scope: Scope, x: Tensor4D) => Tensor2D
  readonly pixelNormalization: PixelNormalization
  /** From the input to the output. The last one is what the classifying linear layer receives. */
  readonly features: readonly FeatureSpec[]
  /** Name of that linear layer: its weights are `<name>.weight` (features x classes) and `<name>.bias`. */
  readonly classifierLayer: string
}

/** A network with its weights, trainable ones and running statistics alike. Whoever holds it owns the tensors. */
export interface Classifier {
  readonly network: Network
  readonly weights: TensorMap
}

export function initialWeights(network: Network, rng: Rng): Record<string, Tensor> {
  return Object.fromEntries(network.parameters.map((spec) => [spec.name, initialTensor(spec, rng)]))
}

export function initialTensor({ shape, initializer }: ParameterSpec, rng: Rng): Tensor {
  const size = shape.reduce((product, length) => product * length, 1)
  switch (initializer.kind) {
    case 'constant':
      return tf.fill([...shape], initializer.value)
    case 'normal':
      return tf.tensor(rng.normals(size, initializer.deviation), [...shape])
    case 'uniform': {
      const { bound } = initializer
      const values = rng.uniforms(size).map((value) => (2 * value - 1) * bound)
      return tf.tensor(values, [...shape])
    }
  }
}

/** The weights of a file as tensors, which the caller owns. Throws `conflict` where they are not those of the network. */
export function loadedWeights(
  { parameters }: Network,
  stored: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: Float32Array }>>,
): Record<string, Tensor> {
  const wrong = parameters.find(({ name, shape }) => stored[name]?.shape.join() !== shape.join())
  if (wrong !== undefined) {
    const found = stored[wrong.name]
    const message = `"${wrong.name}" ${found === undefined ? 'is missing' : `has the shape [${found.shape.join(', ')}] instead of [${wrong.shape.join(', ')}]`}`
    throw new AppError({ code: 'conflict', message: `The weights do not fit the network: ${message}.` })
  }
  return Object.fromEntries(
    parameters.map(({ name, shape }) => [name, tf.tensor(stored[name]!.values, [...shape], 'float32')]),
  )
}

export interface ForwardResult {
  readonly logits: Tensor2D
  /** New running statistics; empty in mode `running`. */
  readonly statistics: TensorMap
  /** Activations by the names of `Network.features`. */
  readonly features: TensorMap
}

/**
 * Images in 0..1 through normalisation and network. `nudges` are added to the activations of those names. Call inside
 * `tf.tidy`.
 */
export function classify(
  network: Network,
  weights: TensorMap,
  images: Tensor4D,
  normalization: NormalizationMode,
  nudges: TensorMap = {},
): ForwardResult {
  const { mean, deviation } = network.pixelNormalization
  const scope = createScope(weights, normalization, nudges)
  const normalized = tf.div(tf.sub(images, tf.tensor1d([...mean])), tf.tensor1d([...deviation]))
  const logits = network.forward(scope, normalized as Tensor4D)
  return { logits, statistics: scope.statistics, features: scope.features }
}

/** Splits weights into those the gradient changes and the running statistics. */
export function partitionWeights(
  network: Network,
  weights: TensorMap,
): { trainable: TensorMap; statistics: TensorMap } {
  const trainable: Record<string, Tensor> = {}
  const statistics: Record<string, Tensor> = {}
  for (const spec of network.parameters) {
    const side = spec.trainable ? trainable : statistics
    side[spec.name] = weights[spec.name]!
  }
  return { trainable, statistics }
}
