/**
 * The patch generator of MESA (Qiao, Yang and Li, "Defending Neural Backdoors via Generative Distribution Modeling",
 * NeurIPS 2019), which BAERASER takes over: a multi-layer perceptron whose noise comes in four pieces, one entering at
 * each layer, and whose output is a patch with values in 0..1.
 */
import { compileProgram, type Step, type StepProgram } from '../compute/step.js'
import { tensorOf, type TensorMap } from '../compute/tensor-map.js'
import type { ImageShape } from '../data/image-set.js'
import { batchNormTrain } from '../kernels/index.js'
import { initialTensor } from '../nn/network.js'
import type { ParameterSpec } from '../nn/layers.js'
import type { Rng } from '../random/rng.js'
import { tf, type Tensor, type Tensor2D, type Tensor4D } from '../tf.js'

export const NOISE_SIZE = 64
const PIECES = 4
const PIECE_SIZE = NOISE_SIZE / PIECES
const BATCH_NORM_EPSILON = 1e-5
const LEAK = 0.2

export interface PatchGenerator {
  readonly patch: ImageShape
  initialWeights(rng: Rng): TensorMap
  /**
   * Uniform noise in 0..1 (batch x 64) to patches (batch x height x width x channels, 0..1). Batch normalisation uses
   * the batch's own statistics, so a batch needs more than a few samples. Call inside `tf.tidy`.
   */
  generate(weights: TensorMap, noise: Tensor2D): Tensor4D
  /** The same where no gradient is wanted, as one call of the backend. The patches belong to the caller. */
  sample(weights: TensorMap, noise: Tensor2D): Tensor4D
}

/**
 * What samples from generators of the same sizes, by sizes and backend: the same ones are asked again and again. They hold
 * no tensors, so they stay.
 */
const samplers = new Map<string, StepProgram>()

export function createPatchGenerator(patch: ImageShape, hidden: number): PatchGenerator {
  const outputs = patch.height * patch.width * patch.channels
  const widths = [hidden, hidden, hidden, outputs]
  const parameters = widths.flatMap((to, layer): ParameterSpec[] => {
    const from = PIECE_SIZE + (layer === 0 ? 0 : hidden)
    const initializer = { kind: 'uniform', bound: 1 / Math.sqrt(from) } as const
    const linear: ParameterSpec[] = [
      { name: `fc${layer + 1}.weight`, shape: [from, to], initializer, trainable: true },
      { name: `fc${layer + 1}.bias`, shape: [to], initializer, trainable: true },
    ]
    const normalization: ParameterSpec[] = [
      { name: `bn${layer + 1}.weight`, shape: [to], initializer: { kind: 'constant', value: 1 }, trainable: true },
      { name: `bn${layer + 1}.bias`, shape: [to], initializer: { kind: 'constant', value: 0 }, trainable: true },
    ]
    return layer < PIECES - 1 ? [...linear, ...normalization] : linear
  })

  const generator: PatchGenerator = {
    patch,
    initialWeights: (rng) => Object.fromEntries(parameters.map((spec) => [spec.name, initialTensor(spec, rng)])),
    sample(weights, noise) {
      const sizes = [...Object.values(patch), hidden, tf.getBackend()].join(' ')
      const step: Step = (state, inputs) => ({
        state: {},
        outputs: { patches: generator.generate(state, tensorOf<Tensor2D>(inputs, 'noise')) },
      })
      const sampler = samplers.get(sizes) ?? compileProgram(step)
      samplers.set(sizes, sampler)
      return tensorOf<Tensor4D>(sampler.run(weights, { noise }).outputs, 'patches')
    },
    generate(weights, noise) {
      const pieces = tf.split(noise, PIECES, 1)
      let hiddenValues: Tensor = pieces[0]!
      for (let layer = 1; layer <= PIECES; layer++) {
        const input = layer === 1 ? hiddenValues : tf.concat([hiddenValues, pieces[layer - 1]!], 1)
        const linear = tf.add(
          tf.matMul(input as Tensor2D, tensorOf<Tensor2D>(weights, `fc${layer}.weight`)),
          tensorOf(weights, `fc${layer}.bias`),
        )
        if (layer === PIECES) hiddenValues = tf.sigmoid(linear)
        else hiddenValues = tf.leakyRelu(normalizeRows(linear, weights, `bn${layer}`), LEAK)
      }
      return tf.reshape(hiddenValues, [noise.shape[0], patch.height, patch.width, patch.channels])
    },
  }
  return generator
}

function normalizeRows(rows: Tensor, weights: TensorMap, name: string): Tensor {
  const [batch, width] = rows.shape as [number, number]
  const asImages = tf.reshape(rows, [batch, 1, 1, width]) as Tensor4D
  const scale = tensorOf(weights, `${name}.weight`)
  const offset = tensorOf(weights, `${name}.bias`)
  return tf.reshape(batchNormTrain(asImages, scale, offset, BATCH_NORM_EPSILON).normalized, [batch, width])
}
