import { createOptimizer } from '../../compute/optimizers.js'
import { cloneTensors, prefixed, type TensorMap } from '../../compute/tensor-map.js'
import { createAugmentation, type Augmentation } from '../../data/augmentation.js'
import { imageTensor, labelTensor } from '../../data/batches.js'
import type { DefenderView } from '../../define.js'
import type { RandomStreams } from '../../random/streams.js'
import type { RunContext } from '../../run-context.js'
import { classifierState, classifierStep, type WeightChoice } from '../../training/classifier-step.js'
import { keepBest, type Judge, type KeptWeights, type RepairJob } from '../../training/keep-best.js'
import { learningRateAt } from '../../training/schedule.js'
import type { DescentOptions } from './params.js'

export interface FineTuningJob {
  /** The weights to start from, and factors (0 or 1) of some of them; both stay the caller's. */
  readonly start: TensorMap
  readonly masks?: TensorMap
  readonly isTrained?: WeightChoice
  readonly options: DescentOptions
  readonly slowDowns: number
  readonly judge: Judge
  readonly random: RandomStreams
}

/** Goes on training the victim's network with the defender's clean images. */
export function fineTune(view: DefenderView, job: FineTuningJob, context: RunContext): Promise<KeptWeights> {
  const { network } = view.victim
  const { start, masks = {}, isTrained, options, slowDowns, judge, random } = job
  const optimizer = createOptimizer(options)
  const augmentation = defenderAugmentation(view, options, random)
  return keepBest(
    {
      ...passesOver(view, options, augmentation, random),
      state: {
        ...classifierState(network, cloneTensors(start), optimizer, isTrained),
        ...prefixed('masks', cloneTensors(masks)),
      },
      step: classifierStep(network, optimizer, { augmentation, ...(isTrained === undefined ? {} : { isTrained }) }),
      judge,
      slowDowns,
    },
    context,
  )
}

export function defenderAugmentation(
  { data }: DefenderView,
  { augmentation }: DescentOptions,
  random: RandomStreams,
): Augmentation | null {
  return createAugmentation({
    config: augmentation,
    shape: data.shape,
    meanPixel: data.pixelNormalization.mean,
    random: random.within('augmentation'),
  })
}

/** The part of a job that every training on the defender's images has in common. */
export function passesOver(
  { train, victim }: DefenderView,
  options: DescentOptions,
  augmentation: Augmentation | null,
  random: RandomStreams,
): Omit<RepairJob, 'state' | 'step' | 'judge' | 'slowDowns'> {
  return {
    epochs: options.epochs,
    images: train.count,
    batchSize: options.batchSize,
    shuffle: random.stream('shuffle'),
    inputs: (batch) => ({
      images: imageTensor(train, batch),
      labels: labelTensor(train, batch),
      ...augmentation?.draw(batch.length),
    }),
    learningRate: (progress) => learningRateAt(options, progress),
    victim: victim.weights,
  }
}
