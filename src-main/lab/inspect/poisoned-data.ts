import { AppError } from '../../../src-shared/contract/errors.js'
import type { PoisonedSplitId } from '../../../src-shared/model/poisoned-dataset.js'
import { selectImages, type ImageSet } from '../data/image-set.js'
import type { DatasetReader } from '../datasets/reader.js'
import type { SavedTrigger } from '../define.js'
import { dealTest } from '../evaluation/deal-test.js'
import { prepareExam } from '../evaluation/scores.js'
import type { ExperimentPlan } from '../experiment-plan.js'
import { createRandomStreams } from '../random/streams.js'
import { plantAgain } from './open-run.js'

const COVER = 2

export interface PoisonedImages {
  /** With the labels that the victim is told, or that the attacker wants. */
  readonly images: ImageSet
  readonly trueLabels: Uint8Array
  /** 1 where the image has the trigger, 2 for a cover sample: changed, with its label kept. */
  readonly poisoned: Uint8Array
  /** In the dataset's own train or test images. */
  readonly positions: Int32Array
}

export type PoisonedData = Readonly<Record<PoisonedSplitId, PoisonedImages>>

/**
 * The images that a run trains its victim on and tests it with, from the streams of the run itself, so that they are the
 * same to the byte.
 * @param savedTrigger what the run has saved of its trigger, where there is something
 */
export async function poisonedData(
  plan: ExperimentPlan,
  reader: DatasetReader,
  savedTrigger: SavedTrigger | null,
): Promise<PoisonedData> {
  if (plan.victim !== null) {
    throw unsupported('The victim was imported, so which images it was trained on is not known.')
  }
  const random = createRandomStreams(plan.experiment.seed)
  const dataset = await plan.dataset.definition.load(plan.dataset.params, { reader, random: random.within('dataset') })
  const again = plantAgain(plan, dataset, savedTrigger, random)
  if (again === null) throw unsupported('There is no attack, so nothing is poisoned.')
  if (again.trigger === null) throw unsupported(again.problem ?? 'The trigger is not known.')
  const { poisonedTrain, poisonedIndices, coverIndices } = again.planted
  const isPoisoned = new Uint8Array(poisonedTrain.count)
  for (const index of poisonedIndices) isPoisoned[index] = 1
  for (const index of coverIndices) isPoisoned[index] = COVER

  const { evaluation } = dealTest(dataset.test.count, plan.experiment.defender.share, random)
  const test = selectImages(dataset.test, evaluation)
  const exam = prepareExam(test, again.planted, random.stream('exam-positions')).triggered
  if (exam === null) throw new Error('An attack without triggered test images')
  return {
    train: {
      images: poisonedTrain,
      trueLabels: dataset.train.labels,
      poisoned: isPoisoned,
      positions: Int32Array.from({ length: poisonedTrain.count }, (_, index) => index),
    },
    test: {
      images: test,
      trueLabels: test.labels,
      poisoned: new Uint8Array(test.count),
      positions: Int32Array.from(evaluation),
    },
    triggered: {
      images: { ...exam.set, labels: exam.targets },
      trueLabels: exam.set.labels,
      poisoned: new Uint8Array(exam.set.count).fill(1),
      positions: Int32Array.from(exam.cleanIndices, (index) => evaluation[index]!),
    },
  }
}

function unsupported(message: string): AppError {
  return new AppError({
    code: 'unsupported',
    message,
    hint: 'An attack that optimises its trigger has to be run first; then name the run.',
  })
}
