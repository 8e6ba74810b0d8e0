import type { Optimizer } from '../compute/optimizers.js'
import { adam } from '../compute/optimizers.js'
import { compileStep, createStateStore } from '../compute/step.js'
import { cloneTensors, prefixed, tensorOf, under, type TensorMap } from '../compute/tensor-map.js'
import { imageTensor, shuffledBatches } from '../data/batches.js'
import { indicesWhere, selectImages, type ImageShape } from '../data/image-set.js'
import type { DefenderView } from '../define.js'
import type { Rng } from '../random/rng.js'
import type { RandomStreams } from '../random/streams.js'
import type { RunContext } from '../run-context.js'
import { tf, type Tensor1D, type Tensor2D, type Tensor4D } from '../tf.js'
import { createPace } from '../training/pace.js'
import { createPatchGenerator, NOISE_SIZE, type PatchGenerator } from './generator.js'
import { createStatisticsNetwork } from './mutual-information.js'
import { recoveryStep } from './recovery-step.js'

export interface RecoveryOptions {
  /** Side of the square patch that is searched for, in pixels. */
  readonly patchSize: number
  /** Units of each hidden layer of the generator and the statistics network. */
  readonly hidden: number
  readonly alpha: number
  /** 0..1. */
  readonly beta: number
  readonly epochs: number
  readonly batchSize: number
  readonly learningRate: number
  /** Standard deviation of the noise added to each generated patch, in units of 0..1 pixels. */
  readonly pixelNoise: number
  readonly position: PatchPosition
}

/** Where recovered patches are put: each image its own random place, or one place for a whole batch. */
export type PatchPosition = 'per-image' | 'per-batch'

/** A trained generator. It owns its weights. */
export interface RecoveredTriggers {
  readonly targetClass: number
  readonly generator: PatchGenerator
  readonly weights: TensorMap
  readonly position: PatchPosition
}

const BETAS = { beta1: 0.5, beta2: 0.999 }

/**
 * Trains a generator whose patches, stamped on the defender's images of other classes, make the victim answer
 * `targetClass`. `afterEpoch` may look at the generator as it is.
 */
export async function recoverTriggers(
  view: DefenderView,
  targetClass: number,
  options: RecoveryOptions,
  random: RandomStreams,
  context: RunContext,
  note: string,
  afterEpoch: (recovered: RecoveredTriggers, epoch: number, information: number) => Promise<void> = async () => {},
): Promise<RecoveredTriggers> {
  const { shape } = view.data
  const patch: ImageShape = { height: options.patchSize, width: options.patchSize, channels: shape.channels }
  const generator = createPatchGenerator(patch, options.hidden)
  const patchValues = patch.height * patch.width * patch.channels
  const statistics = createStatisticsNetwork(NOISE_SIZE, patchValues, options.hidden)
  const optimizer = adam(BETAS)
  const others = selectImages(
    view.train,
    indicesWhere(view.train, (label) => label !== targetClass),
  )
  const shuffle = random.stream('shuffle')
  const draws = random.stream('draws')

  const store = createStateStore(
    initialState(
      generator.initialWeights(random.stream('generator')),
      statistics.initialWeights(random.stream('statistics')),
      optimizer,
    ),
  )
  try {
    const objective = {
      victim: view.victim,
      generator,
      statistics,
      targetClass,
      alpha: options.alpha,
      beta: options.beta,
    }
    const step = compileStep(recoveryStep(objective, optimizer), store)
    const batchSize = Math.min(options.batchSize, others.count)
    // A last, smaller batch would give the generator's batch normalisation too few samples.
    const stepsPerEpoch = Math.floor(others.count / batchSize)
    const pace = createPace(context, { epochs: options.epochs, stepsPerEpoch, note })
    for (let epoch = 1; epoch <= options.epochs && !(epoch > 1 && context.isStopping()); epoch++) {
      let information = 0
      const batches = shuffledBatches(others.count, batchSize, shuffle).slice(0, stepsPerEpoch)
      for (const [index, batch] of batches.entries()) {
        const places = drawPlaces(batchSize, shape, patch, options.position, draws)
        const outputs = step({
          images: imageTensor(others, batch),
          noise: tf.tensor2d(draws.uniforms(batchSize * NOISE_SIZE), [batchSize, NOISE_SIZE]),
          otherNoise: tf.tensor2d(draws.uniforms(batchSize * NOISE_SIZE), [batchSize, NOISE_SIZE]),
          pixelNoise: tf.tensor4d(draws.normals(batchSize * patchValues, options.pixelNoise), [
            batchSize,
            patch.height,
            patch.width,
            patch.channels,
          ]),
          ...places,
          learningRate: tf.scalar(options.learningRate),
        })
        if (index === batches.length - 1) information = (await tensorOf(outputs, 'information').data())[0]!
        tensorOf(outputs, 'information').dispose()
        await pace.step(batchSize, tensorOf(outputs, 'loss'))
      }
      await afterEpoch(
        { targetClass, generator, weights: under('generator', store.tensors), position: options.position },
        epoch,
        information,
      )
    }
    return {
      targetClass,
      generator,
      weights: cloneTensors(under('generator', store.tensors)),
      position: options.position,
    }
  } finally {
    store.dispose()
  }
}

function initialState(generator: TensorMap, statistics: TensorMap, optimizer: Optimizer): TensorMap {
  return {
    ...prefixed('generator', generator),
    ...prefixed('statistics', statistics),
    ...prefixed('generatorOptimizer', optimizer.initialSlots(generator)),
    ...prefixed('statisticsOptimizer', optimizer.initialSlots(statistics)),
    average: tf.scalar(1),
  }
}

export interface Places {
  readonly rows: Tensor1D
  readonly columns: Tensor1D
}

/** Top-left corners for `count` patches, all inside the image. The tensors belong to the caller. */
export function drawPlaces(
  count: number,
  image: ImageShape,
  patch: ImageShape,
  position: PatchPosition,
  rng: Rng,
): Places & Record<string, Tensor1D> {
  const draw = (room: number): Tensor1D => {
    const common = rng.below(room + 1)
    const values = Int32Array.from({ length: count }, () => (position === 'per-batch' ? common : rng.below(room + 1)))
    return tf.tensor1d(values, 'int32')
  }
  return { rows: draw(image.height - patch.height), columns: draw(image.width - patch.width) }
}

/** Fresh patches, count x height x width x channels in 0..1, owned by the caller. */
export function samplePatches({ generator, weights }: RecoveredTriggers, count: number, rng: Rng): Tensor4D {
  return tf.tidy(() => {
    const noise: Tensor2D = tf.tensor2d(rng.uniforms(count * NOISE_SIZE), [count, NOISE_SIZE])
    return generator.generate(weights, noise)
  })
}
