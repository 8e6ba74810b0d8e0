import type { TrainingConfig } from '../../../src-shared/model/experiment.js'
import { sgd } from '../compute/optimizers.js'
import { compileStep, createStateStore } from '../compute/step.js'
import { cloneTensors, tensorOf, under, type TensorMap } from '../compute/tensor-map.js'
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
  /** Called after every epoch with the weights as they are; it must not keep or free them. */
  readonly afterEpoch: (weights: TensorMap, epoch: number) => Promise<void>
}

/** Trains a classifier with SGD and a cosine schedule. The weights returned belong to the caller. */
export async function trainClassifier(job: TrainingJob, context: RunContext): Promise<TensorMap> {
  const { network, config, augmentation, note, renewData } = job
  let { data } = job
  const optimizer = sgd({ momentum: config.momentum, weightDecay: config.weightDecay })
  const store = createStateStore(classifierState(network, job.initialWeights, optimizer))
  try {
    const step = compileStep(classifierStep(network, optimizer, { augmentation }), store)
    const stepsPerEpoch = Math.ceil(data.count / config.batchSize)
    const pace = createPace(context, { epochs: config.epochs, stepsPerEpoch, ...(note === undefined ? {} : { note }) })
    let done = 0
    for (let epoch = 1; epoch <= config.epochs && !(epoch > 1 && context.isStopping()); epoch++) {
      if (renewData !== undefined) data = await renewData(under('weights', store.tensors), epoch)
      for (const batch of shuffledBatches(data.count, config.batchSize, job.shuffle)) {
        const progress = done++ / (config.epochs * stepsPerEpoch)
        const outputs = step({
          images: imageTensor(data, batch),
          labels: labelTensor(data, batch),
          ...augmentation?.draw(batch.length),
          learningRate: tf.scalar(cosineLearningRate(config.learningRate, progress)),
        })
        await pace.step(batch.length, tensorOf(outputs, 'loss'))
      }
      await job.afterEpoch(under('weights', store.tensors), epoch)
    }
    return cloneTensors(under('weights', store.tensors))
  } finally {
    store.dispose()
  }
}
