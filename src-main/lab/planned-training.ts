import { createAugmentation } from './data/augmentation.js'
import type { ExperimentPlan } from './experiment-plan.js'
import { initialWeights, type Network } from './nn/network.js'
import type { RandomStreams } from './random/streams.js'
import type { TrainingJob } from './training/train-classifier.js'

/** How an experiment trains its models, with the randomness of one of them. */
export function plannedTraining(
  { experiment, data }: ExperimentPlan,
  network: Network,
  random: RandomStreams,
): Pick<TrainingJob, 'network' | 'initialWeights' | 'config' | 'augmentation' | 'shuffle'> {
  return {
    network,
    initialWeights: initialWeights(network, random.stream('weights')),
    config: experiment.training,
    augmentation: createAugmentation({
      config: experiment.training.augmentation,
      shape: data.shape,
      meanPixel: data.pixelNormalization.mean,
      random: random.within('augmentation'),
    }),
    shuffle: random.stream('shuffle'),
  }
}
