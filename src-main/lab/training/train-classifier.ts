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
  /** Called after every epoch with the weights as they are; it must not keep or free them. */
  readonly afterEpoch: (weights: TensorMap, epoch: number) => Promise<void>
}

/** Trains a classifier with SGD and a cosine schedule. The weights returned belong to the caller. */
export async function trainClassifier(job: TrainingJob, context: RunContext): Promise<TensorMap> {
  const { network, data, config, augmentation } = job
  const optimizer = sgd({ momentum: config.momentum, weightDecay: config.weightDecay })
  const store = createStateStore(classifierState(network, job.initialWeights, optimizer))
  try {
    const step = compileStep(classifierStep(network, optimizer, augmentation), store)
    const stepsPerEpoch = Math.ceil(data.count / config.batchSize)
    const pace = createPace(context, { epochs: config.epochs, stepsPerEpoch })
    let done = 0
    for (let epoch = 1; epoch <= config.epochs && !(epoch > 1 && context.isStopping()); epoch++) {
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
