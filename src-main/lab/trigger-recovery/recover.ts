import { z } from 'zod'
import { takeOver, type Reached } from '../checkpoints.js'
import type { Optimizer } from '../compute/optimizers.js'
import { adam } from '../compute/optimizers.js'
import { compileProgram, createStateStore, runOn, type StepProgram } from '../compute/step.js'
import { cloneTensors, disposeTensors, prefixed, tensorOf, under, type TensorMap } from '../compute/tensor-map.js'
import { imageTensor, shuffledBatches } from '../data/batches.js'
import { indicesWhere, selectImages, type ImageSet, type ImageShape } from '../data/image-set.js'
import type { DefenderView } from '../define.js'
import { answerLogits } from '../evaluation/predict.js'
import type { Classifier } from '../nn/network.js'
import type { Rng } from '../random/rng.js'
import type { RandomStreams } from '../random/streams.js'
import type { RunContext } from '../run-context.js'
import { tf, type Tensor2D, type Tensor4D } from '../tf.js'
import { createPace } from '../training/pace.js'
import { createPatchGenerator, NOISE_SIZE, type PatchGenerator } from './generator.js'
import { createStatisticsNetwork, type StatisticsNetwork } from './mutual-information.js'
import {
  gridPlaces,
  randomPlaces,
  reweighted,
  weightedPlaces,
  type PlaceDistribution,
  type WeightedPlaces,
} from './places.js'
import { recoveryStep } from './recovery-step.js'
import { stampPatches } from './stamp.js'

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

/**
 * Where recovered patches are put: each image its own random place, one random place for a whole batch, or one of a few
 * places, of which those that work are learned with the patch.
 */
export const PatchPosition = z.enum(['per-image', 'per-batch', 'learned'])
export type PatchPosition = z.infer<typeof PatchPosition>

/** Images on which the candidates of learned places are compared after each epoch. */
const PROBE = 64

/** A trained generator. It owns its weights. */
export interface RecoveredTriggers {
  readonly targetClass: number
  readonly generator: PatchGenerator
  readonly weights: TensorMap
  readonly places: PlaceDistribution | WeightedPlaces
}

const BETAS = { beta1: 0.5, beta2: 0.999 }

/** The networks of a recovery and its step, made ready once for any number of recoveries that use the same options. */
export interface PreparedRecovery {
  readonly generator: PatchGenerator
  readonly statistics: StatisticsNetwork
  readonly optimizer: Optimizer
  readonly program: StepProgram
}

export type RecoveryShape = Pick<RecoveryOptions, 'patchSize' | 'hidden' | 'alpha' | 'beta'>

/** Whoever calls frees the program. */
export function prepareRecovery({ victim, data }: DefenderView, options: RecoveryShape): PreparedRecovery {
  const { patchSize, hidden, alpha, beta } = options
  const { channels } = data.shape
  const generator = createPatchGenerator({ height: patchSize, width: patchSize, channels }, hidden)
  const statistics = createStatisticsNetwork(NOISE_SIZE, patchSize * patchSize * channels, hidden)
  const optimizer = adam(BETAS)
  const program = compileProgram(recoveryStep({ victim, generator, statistics, alpha, beta }, optimizer))
  return { generator, statistics, optimizer, program }
}

/** For a single recovery. */
export async function recoverTriggers(
  view: DefenderView,
  targetClass: number,
  options: RecoveryOptions,
  random: RandomStreams,
  context: RunContext,
  note: string,
  afterEpoch?: AfterRecoveryEpoch,
): Promise<RecoveredTriggers> {
  const prepared = prepareRecovery(view, options)
  try {
    return await recoverWith(prepared, view, targetClass, options, random, context, note, afterEpoch)
  } finally {
    prepared.program.dispose()
  }
}

const Position = z.object({
  epoch: z.int().min(1),
  /** Of the candidates for learned places. */
  placeWeights: z.array(z.number()).nullable(),
})

export type AfterRecoveryEpoch = (recovered: RecoveredTriggers, epoch: number, information: number) => Promise<void>

/**
 * Trains a generator whose patches, stamped on the defender's images of other classes, make the victim answer
 * `targetClass`. `afterEpoch` may look at the generator as it is.
 */
export async function recoverWith(
  { generator, statistics, optimizer, program }: PreparedRecovery,
  view: DefenderView,
  targetClass: number,
  options: RecoveryOptions,
  random: RandomStreams,
  context: RunContext,
  note: string,
  afterEpoch: AfterRecoveryEpoch = async () => {},
): Promise<RecoveredTriggers> {
  const { shape } = view.data
  const patch: ImageShape = { height: options.patchSize, width: options.patchSize, channels: shape.channels }
  const patchValues = patch.height * patch.width * patch.channels
  const others = selectImages(
    view.train,
    indicesWhere(view.train, (label) => label !== targetClass),
  )
  const shuffle = random.stream('shuffle')
  const draws = random.stream('draws')
  const probes = random.stream('probes')
  let places = startingPlaces(options.position, shape, patch)

  const initial = initialState(
    generator.initialWeights(random.stream('generator')),
    statistics.initialWeights(random.stream('statistics')),
    optimizer,
  )
  const work = await context.checkpoints.begin(note)
  let done = 0
  if (work.reached !== null) {
    const { epoch, placeWeights } = Position.parse(work.reached.data)
    done = epoch
    if ('candidates' in places && placeWeights !== null) places = weightedPlaces(places.candidates, placeWeights)
    if (work.isDone) {
      disposeTensors(initial)
      return { targetClass, generator, weights: work.reached.tensors, places }
    }
  }
  const store = createStateStore(work.reached === null ? initial : takeOver(initial, work.reached.tensors))
  const reached = (tensors: TensorMap): Reached => ({
    data: { epoch: done, placeWeights: 'candidates' in places ? [...places.weights] : null },
    tensors,
  })
  try {
    const step = runOn(program, store)
    const batchSize = Math.min(options.batchSize, others.count)
    // A last, smaller batch would give the generator's batch normalisation too few samples.
    const stepsPerEpoch = Math.floor(others.count / batchSize)
    const { epochs } = options
    const pace = createPace(context, { epochs, stepsPerEpoch, epochsDone: done, note })
    while (done < epochs && !(done > 0 && context.isStopping())) {
      const epoch = done + 1
      let information = 0
      const batches = shuffledBatches(others.count, batchSize, shuffle).slice(0, stepsPerEpoch)
      for (const [index, batch] of batches.entries()) {
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
          ...places.draw(batchSize, draws),
          target: oneHot(targetClass, view.data.classNames.length),
          learningRate: tf.scalar(options.learningRate),
        })
        if (index === batches.length - 1) information = (await tensorOf(outputs, 'information').data())[0]!
        tensorOf(outputs, 'information').dispose()
        await pace.step(batchSize, tensorOf(outputs, 'loss'))
      }
      const now = { targetClass, generator, weights: under('generator', store.tensors) }
      if ('candidates' in places) {
        places = reweighted(places, await successAt(places, view.victim, { ...now, places }, others, probes))
      }
      await afterEpoch({ ...now, places }, epoch, information)
      done = epoch
      if (done < epochs) await work.keep(`epoch ${epoch} of ${epochs}`, () => reached(store.tensors))
    }
    const weights = under('generator', store.tensors)
    await work.finish(reached(weights))
    return { targetClass, generator, weights: cloneTensors(weights), places }
  } finally {
    store.dispose()
  }
}

/** 1 x classes. */
function oneHot(targetClass: number, classes: number): Tensor2D {
  return tf.tensor2d([Array.from({ length: classes }, (_, each) => (each === targetClass ? 1 : 0))])
}

function startingPlaces(position: PatchPosition, image: ImageShape, patch: ImageShape): RecoveredTriggers['places'] {
  if (position === 'learned') return gridPlaces(image, patch)
  return randomPlaces(image, patch, position === 'per-batch' ? 'batch' : 'image')
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

/** Mean probability of the target for fresh patches at each of the places, on a few images. */
async function successAt(
  { candidates }: WeightedPlaces,
  { network, weights }: Classifier,
  recovered: RecoveredTriggers,
  others: ImageSet,
  rng: Rng,
): Promise<number[]> {
  const images = imageTensor(others, rng.sample(others.count, Math.min(PROBE, others.count)))
  const count = images.shape[0]
  const successes: number[] = []
  for (const candidate of candidates) {
    const patches = samplePatches(recovered, count, rng)
    const { rows, columns } = weightedPlaces([candidate], [1]).draw(count, rng)
    const mean = tf.tidy(() => {
      const probabilities = tf.softmax(answerLogits(network, weights, stampPatches(images, patches, rows, columns)))
      return tf.mean(tf.slice(probabilities, [0, recovered.targetClass], [-1, 1]))
    })
    successes.push((await mean.data())[0]!)
    disposeTensors({ patches, rows, columns, mean })
  }
  images.dispose()
  return successes
}

/** Fresh patches, count x height x width x channels in 0..1, owned by the caller. */
export function samplePatches({ generator, weights }: RecoveredTriggers, count: number, rng: Rng): Tensor4D {
  const noise = tf.tensor2d(rng.uniforms(count * NOISE_SIZE), [count, NOISE_SIZE])
  const patches = generator.sample(weights, noise)
  noise.dispose()
  return patches
}
