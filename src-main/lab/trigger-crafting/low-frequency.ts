/**
 * A signal of low frequencies that turns images to the attacker's class. Zeng, Park, Mao and Jia, "Rethinking the Backdoor
 * Attacks' Triggers: A Frequency Perspective", ICCV 2021 (arXiv 2104.03413), section 5. There every step is followed by a
 * low-pass filter; here the signal is a sum of the lowest cosines, so that nothing has to be filtered out.
 */
import { cosines } from '../compute/cosines.js'
import { lossGradients } from '../compute/gradients.js'
import { adam } from '../compute/optimizers.js'
import { compileStep, createStateStore, type Step } from '../compute/step.js'
import { prefixed, tensorOf, under, type TensorMap } from '../compute/tensor-map.js'
import { imageTensor, shuffledBatches } from '../data/batches.js'
import type { ImageSet, ImageShape } from '../data/image-set.js'
import { softmaxCrossEntropy } from '../kernels/index.js'
import { classify, type Classifier } from '../nn/network.js'
import type { Rng } from '../random/rng.js'
import type { RunContext } from '../run-context.js'
import { tf, type Tensor, type Tensor1D, type Tensor2D, type Tensor3D, type Tensor4D } from '../tf.js'
import { createPace } from '../training/pace.js'
import { cosineLearningRate } from '../training/schedule.js'

const WHITE = 255
const optimizer = adam({ beta1: 0.9, beta2: 0.999 })

/** Coefficients of the lowest cosines: channels x band x band, rows first. */
export interface LowSignal {
  readonly band: number
  readonly coefficients: Float32Array
}

/** Height x width x channels, in the units of the coefficients. */
export function signalOf({ band, coefficients }: LowSignal, { height, width, channels }: ImageShape): Float64Array {
  const [rows, columns] = [cosines(height, band), cosines(width, band)]
  return Float64Array.from({ length: height * width * channels }, (_, k) => {
    const [row, column] = [Math.floor(k / channels / width), Math.floor(k / channels) % width]
    let sum = 0
    for (let u = 0; u < band; u++) {
      for (let v = 0; v < band; v++) {
        const coefficient = coefficients[((k % channels) * band + u) * band + v]!
        sum += coefficient * rows[u * height + row]! * columns[v * width + column]!
      }
    }
    return sum
  })
}

/** A random signal whose largest value has the size `amplitude`. */
export function drawSignal(band: number, amplitude: number, shape: ImageShape, rng: Rng): LowSignal {
  const drawn = { band, coefficients: rng.normals(shape.channels * band * band) }
  const largest = signalOf(drawn, shape).reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return { band, coefficients: drawn.coefficients.map((value) => (value * amplitude) / largest) }
}

/**
 * State: `coefficients` (channels x band x band, in units of 0..1 pixels), `optimizer/*`. Inputs: `images`, `targets`,
 * `learningRate`. Output: `loss`, the mean cross-entropy of images that carry the signal with the class wanted for each.
 * The signal stays within `amplitude` (0..1).
 */
export function lowFrequencyStep({ network, weights }: Classifier, band: number, amplitude: number): Step {
  const { height, width } = network.inputShape
  return (state, inputs) => {
    const rows = tf.tensor2d(cosines(height, band), [band, height])
    const columns = tf.tensor2d(cosines(width, band), [band, width])
    const parameters = { coefficients: tensorOf(state, 'coefficients') }
    const { loss, gradients } = lossGradients(parameters, ({ coefficients }) => {
      const signal = synthesise(coefficients as Tensor3D, rows, columns)
      const images = tf.clipByValue(tf.add(tensorOf<Tensor4D>(inputs, 'images'), signal) as Tensor4D, 0, 1)
      const { logits } = classify(network, weights, images, 'running')
      return { loss: tf.mean(softmaxCrossEntropy(logits, tensorOf<Tensor1D>(inputs, 'targets'))) }
    })
    const slots = under('optimizer', state)
    const updated = optimizer.update({ parameters, gradients, slots, learningRate: tensorOf(inputs, 'learningRate') })
    const moved = tensorOf<Tensor3D>(updated.parameters, 'coefficients')
    const largest = tf.max(tf.abs(synthesise(moved, rows, columns)))
    const coefficients = tf.mul(moved, tf.minimum(1, tf.div(amplitude, tf.maximum(largest, 1e-12))))
    return { state: { coefficients, ...prefixed('optimizer', updated.slots) }, outputs: { loss } }
  }
}

/** Height x width x channels. */
function synthesise(coefficients: Tensor3D, rows: Tensor2D, columns: Tensor2D): Tensor3D {
  const [channels, band] = coefficients.shape
  const [height, width] = [rows.shape[1], columns.shape[1]]
  const wide = tf.matMul(tf.reshape(coefficients, [channels * band, band]) as Tensor2D, columns)
  const turned = tf.reshape(tf.transpose(tf.reshape(wide, [channels, band, width]), [0, 2, 1]), [
    channels * width,
    band,
  ])
  const whole = tf.reshape(tf.matMul(turned as Tensor2D, rows), [channels, width, height])
  return tf.transpose(whole, [2, 1, 0]) as Tensor3D
}

export interface SignalOptions {
  readonly steps: number
  readonly batchSize: number
  readonly learningRate: number
  /** In units of 0..255. */
  readonly amplitude: number
}

/** Optimises a signal so that images which carry it get the classes that `targetOf` wants. In units of 0..255. */
export async function raiseSignal(
  classifier: Classifier,
  images: ImageSet,
  targetOf: (trueLabel: number) => number,
  start: LowSignal,
  { steps, batchSize, learningRate, amplitude }: SignalOptions,
  shuffle: Rng,
  context: RunContext,
): Promise<LowSignal> {
  const { channels } = images.shape
  const { band } = start
  const scaled = start.coefficients.map((value) => value / WHITE)
  const parameters: TensorMap = { coefficients: tf.tensor3d(scaled, [channels, band, band]) }
  const store = createStateStore({ ...parameters, ...prefixed('optimizer', optimizer.initialSlots(parameters)) })
  try {
    const step = compileStep(lowFrequencyStep(classifier, band, amplitude / WHITE), store)
    const pace = createPace(context, { epochs: 1, stepsPerEpoch: steps, note: 'optimising the signal' })
    let batches: Uint32Array[] = []
    for (let done = 0; done < steps; done++) {
      if (batches.length === 0) batches = wholeBatches(images.count, batchSize, shuffle)
      const batch = batches.pop()!
      const targets = Int32Array.from(batch, (index) => targetOf(images.labels[index]!))
      const outputs = step({
        images: imageTensor(images, batch),
        targets: tf.tensor1d(targets, 'int32'),
        learningRate: tf.scalar(cosineLearningRate(learningRate, done / steps)),
      })
      await pace.step(batch.length, tensorOf(outputs, 'loss'))
    }
    const values: Tensor = tensorOf(store.tensors, 'coefficients')
    return { band, coefficients: Float32Array.from(await values.data(), (value) => value * WHITE) }
  } finally {
    store.dispose()
  }
}

/** Of one size, where there are images for that, so that one step need be made ready. */
function wholeBatches(count: number, batchSize: number, shuffle: Rng): Uint32Array[] {
  const batches = shuffledBatches(count, batchSize, shuffle)
  return batches.length > 1 ? batches.filter((batch) => batch.length === batchSize) : batches
}
