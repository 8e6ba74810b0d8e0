import { Experiment, type TrainingConfig } from '../../../src-shared/model/experiment.js'
import { disposeTensors } from '../../lab/compute/tensor-map.js'
import type { ImageSet } from '../../lab/data/image-set.js'
import { releasePredictor } from '../../lab/evaluation/predict.js'
import { initialWeights, type Classifier, type Network } from '../../lab/nn/network.js'
import { createRandomStreams } from '../../lab/random/streams.js'
import type { RunContext } from '../../lab/run-context.js'
import { trainClassifier } from '../../lab/training/train-classifier.js'
import type { StoredTensor } from '../../../src-shared/weights/safetensors.js'
import type { Gate } from './turnstile.js'

/** A case of the benchmark: a loop or a pass of the program itself. */
export interface BenchLoop {
  /** The output by which the step to compare is known. */
  readonly watchedOutput: 'loss' | 'logits'
  /** What the other side needs besides the watched step. */
  readonly data: () => Readonly<Record<string, StoredTensor>>
  /** Goes on until the gate throws. */
  readonly run: (gate: Gate) => Promise<void>
}

export const SEED = 1
/** More epochs than are ever measured: these loops end from outside. */
export const ENDLESS = 1_000_000

/** One unit is an epoch. */
export async function trainEndlessly(
  network: Network,
  data: ImageSet,
  { batchSize, precision }: Pick<TrainingConfig, 'batchSize' | 'precision'>,
  context: RunContext,
  gate: Gate,
): Promise<void> {
  const random = createRandomStreams(SEED)
  const weights = await trainClassifier(
    {
      network,
      initialWeights: initialWeights(network, random.stream('weights')),
      data,
      config: { ...trainingDefaults(), epochs: ENDLESS, batchSize, precision },
      augmentation: null,
      shuffle: random.stream('shuffle'),
      afterEpoch: gate,
    },
    context,
  )
  disposeTensors(weights)
}

export async function withVictim(network: Network, use: (victim: Classifier) => Promise<void>): Promise<void> {
  const weights = initialWeights(network, createRandomStreams(SEED).stream('weights'))
  try {
    await use({ network, weights })
  } finally {
    disposeTensors(weights)
    releasePredictor(network)
  }
}

/** Pixels as 0..255 and class numbers. */
export function storedImages(name: string, { shape, pixels, labels, count }: ImageSet): Record<string, StoredTensor> {
  return {
    [`${name}/pixels`]: {
      shape: [count, shape.height, shape.width, shape.channels],
      values: Float32Array.from(pixels),
    },
    [`${name}/labels`]: { shape: [count], values: Float32Array.from(labels) },
  }
}

function trainingDefaults(): Experiment['training'] {
  return Experiment.shape.training.parse(undefined)
}
