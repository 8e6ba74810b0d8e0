import { z } from 'zod'
import type { TrainingConfig } from '../../../src-shared/model/experiment.js'
import { JsonValue } from '../../../src-shared/model/json.js'
import { takeOver, tensorsOfStored, type StoredValues } from '../checkpoints.js'
import { sgd, type Optimizer } from '../compute/optimizers.js'
import { choosePrecision } from '../compute/precision.js'
import { compileStep, createStateStore, type Step } from '../compute/step.js'
import { cloneTensors, disposeTensors, prefixed, tensorOf, under, type TensorMap } from '../compute/tensor-map.js'
import type { Augmentation } from '../data/augmentation.js'
import { imageTensor, labelTensor, shuffledBatches } from '../data/batches.js'
import type { ImageSet } from '../data/image-set.js'
import type { Network } from '../nn/network.js'
import type { Rng } from '../random/rng.js'
import type { RunContext } from '../run-context.js'
import { tf } from '../tf.js'
import { classifierState, classifierStep } from './classifier-step.js'
import { createPace } from './pace.js'
import { cosineLearningRate } from './schedule.js'

export interface TrainingJob {
  readonly network: Network
  /** Taken over: freed when training ends or fails. */
  readonly initialWeights: TensorMap
  readonly data: ImageSet
  readonly config: Omit<TrainingConfig, 'augmentation'>
  /** How each batch is varied; null leaves it as it is. */
  readonly augmentation: Augmentation | null
  /** Order of the images. */
  readonly shuffle: Rng
  /** What is being trained, where the stage alone does not say it. */
  readonly note?: string
  /**
   * Called at the start of every epoch (from 1) with the weights as they are, which it must not keep or free: the images
   * to train on from then on, as many as before.
   */
  readonly renewData?: (weights: TensorMap, epoch: number) => Promise<ImageSet>
  /** What `renewData` remembers, to be kept with a checkpoint; `recall` puts it back and gives the images of then. */
  readonly renewal?: { remember(): JsonValue; recall(remembered: JsonValue): Promise<ImageSet> }
  /** Networks that learn together with this one. */
  readonly companion?: Companion
  /** Called after every epoch with the weights as they are; it must not keep or free them. */
  readonly afterEpoch: (weights: TensorMap, epoch: number) => Promise<void>
}

/** Other networks that learn in the same step as a classifier. */
export interface Companion {
  /** What they start from; in the state of the step it lies under `attack/`. */
  readonly initial: Readonly<Record<string, StoredValues>>
  /** In place of `classifierStep`, with the same inputs and output. */
  step(optimizer: Optimizer): Step
  /** The images of one epoch, a batch for each step. */
  batches(batchSize: number, shuffle: Rng): Uint32Array[]
  /** Called after every epoch, before `afterEpoch`, and when a training is found to be done. The state stays the caller's. */
  learnt(state: TensorMap): Promise<void>
}

const COMPANION = 'attack'

const Position = z.object({
  epoch: z.int().min(1),
  /** What the renewal of the images remembers. */
  renewal: JsonValue,
})

/** Trains a classifier with SGD and a cosine schedule. The weights returned belong to the caller. */
export async function trainClassifier(job: TrainingJob, context: RunContext): Promise<TensorMap> {
  const { network, config, augmentation, note, renewData, renewal, companion } = job
  let { data } = job
  const optimizer = sgd({ momentum: config.momentum, weightDecay: config.weightDecay })
  const initial = {
    ...classifierState(network, job.initialWeights, optimizer),
    ...prefixed(COMPANION, tensorsOfStored(companion?.initial ?? {})),
  }
  const work = await context.checkpoints.begin(note ?? 'training the victim', async (saved) => {
    data = (await renewal?.recall(Position.parse(saved).renewal)) ?? data
  })
  if (work.isDone && work.reached !== null) {
    disposeTensors(initial)
    const learnt = under(COMPANION, work.reached.tensors)
    await companion?.learnt(learnt).finally(() => disposeTensors(learnt))
    return Object.fromEntries(network.parameters.map(({ name }) => [name, tensorOf(work.reached!.tensors, name)]))
  }
  const store = createStateStore(work.reached === null ? initial : takeOver(initial, work.reached.tensors))
  let done = work.reached === null ? 0 : Position.parse(work.reached.data).epoch
  const position = () => ({ epoch: done, renewal: renewal?.remember() ?? null })
  try {
    const precision = choosePrecision(config.precision)
    const single = classifierStep(network, optimizer, { augmentation })
    const step = compileStep(companion?.step(optimizer) ?? single, store, precision)
    const stepsPerEpoch = Math.ceil(data.count / config.batchSize)
    const { epochs } = config
    const noted = note === undefined ? {} : { note }
    const pace = createPace(context, { epochs, stepsPerEpoch, epochsDone: done, ...noted })
    while (done < epochs && !(done > 0 && context.isStopping())) {
      const epoch = done + 1
      if (renewData !== undefined) data = await renewData(under('weights', store.tensors), epoch)
      const batches =
        companion?.batches(config.batchSize, job.shuffle) ?? shuffledBatches(data.count, config.batchSize, job.shuffle)
      for (const [index, batch] of batches.entries()) {
        const progress = (done * stepsPerEpoch + index) / (epochs * stepsPerEpoch)
        const outputs = step({
          images: imageTensor(data, batch),
          labels: labelTensor(data, batch),
          ...augmentation?.draw(batch.length),
          learningRate: tf.scalar(cosineLearningRate(config.learningRate, progress)),
        })
        await pace.step(batch.length, tensorOf(outputs, 'loss'))
      }
      await companion?.learnt(under(COMPANION, store.tensors))
      await job.afterEpoch(under('weights', store.tensors), epoch)
      done = epoch
      if (done < epochs) {
        await work.keep(`epoch ${epoch} of ${epochs}`, () => ({ data: position(), tensors: store.tensors }))
      }
    }
    const weights = under('weights', store.tensors)
    const learnt = prefixed(COMPANION, under(COMPANION, store.tensors))
    await work.finish({ data: position(), tensors: { ...weights, ...learnt } })
    return cloneTensors(weights)
  } finally {
    store.dispose()
  }
}
