import { AppError } from '../../../src-shared/contract/errors.js'
import type { Region, SplitId } from '../../../src-shared/model/inspection.js'
import { imageAt, selectImages, type ImageSet } from '../data/image-set.js'
import type { DatasetReader } from '../datasets/reader.js'
import type { Dataset, PlantedBackdoor, SavedTrigger } from '../define.js'
import { dealTest } from '../evaluation/deal-test.js'
import { releasePredictor } from '../evaluation/predict.js'
import { prepareExam } from '../evaluation/scores.js'
import { isCrafted, type ExperimentPlan } from '../experiment-plan.js'
import type { Network } from '../nn/network.js'
import { createRandomStreams, type RandomStreams } from '../random/streams.js'
import type { Trigger } from '../triggers/trigger.js'

export interface Split {
  readonly images: ImageSet
  /** Of each image in the dataset's own train or test images. */
  readonly positions: Int32Array
}

/** The backdoor of a run, as far as it can be painted again. */
export interface OpenAttack {
  /** The class wanted for an image of each class. */
  readonly targets: readonly number[]
  /** Null where it cannot be painted again, and `problem` says why. */
  readonly trigger: Trigger | null
  readonly problem: string | null
}

/** An image with the trigger on it. */
export interface TriggeredImage {
  readonly pixels: Uint8Array
  readonly region: Region
}

/** Images, network and trigger of a run once more, exactly as the run had them. */
export interface OpenRun {
  readonly plan: ExperimentPlan
  readonly network: Network
  readonly random: RandomStreams
  readonly splits: Readonly<Record<SplitId, Split>>
  readonly attack: OpenAttack | null
  /** Whether the victim was trained on this image with the trigger and the wanted label. */
  isPoisoned(split: SplitId, index: number): boolean
  /** These training images with their labels, as the victim was trained on them. */
  trainedOn(indices: ArrayLike<number>): ImageSet
  /** Refuses in words where the run has no trigger that can be painted. */
  triggered(split: SplitId, index: number): TriggeredImage
  /** Where the trigger is on that image; without painting it where that is the same on every image. */
  regionOf(split: SplitId, index: number): Region
  /** Frees what predicting with the network keeps ready. */
  release(): void
}

/**
 * Opens a run for looking at. Images and places of the trigger come from the streams that the run drew them from: test
 * images of the exam and poisoned training images are the very ones. Any other image gets the trigger at a place of its
 * own, which is the same each time.
 * @param savedTrigger what the run has saved of its trigger, where there is something
 */
export async function openRun(
  plan: ExperimentPlan,
  reader: DatasetReader,
  savedTrigger: SavedTrigger | null,
): Promise<OpenRun> {
  const random = createRandomStreams(plan.experiment.seed)
  const dataset = await plan.dataset.definition.load(plan.dataset.params, { reader, random: random.within('dataset') })
  const network = plan.model.definition.build(plan.model.params, plan.data)
  const splits = splitsOf(dataset, plan, random)
  const again = plantAgain(plan, dataset, savedTrigger, random)
  // The poisoned training set as a whole can go: its poisoned images are kept one by one.
  const backdoor = again === null ? null : { ...again, planted: { ...again.planted, poisonedTrain: dataset.train } }
  const painted = backdoor === null ? null : paintedImages(backdoor, splits, random)

  const triggerOf = ({ trigger, problem }: OpenAttack): Trigger => {
    if (trigger === null) throw noTrigger(problem ?? 'The trigger is not known.')
    return trigger
  }
  const triggered = (split: SplitId, index: number): TriggeredImage => {
    if (backdoor === null || painted === null) throw noTrigger('This run has no attack, so it has no trigger.')
    const trigger = triggerOf(backdoor)
    const known = painted[split]?.get(index)
    if (known !== undefined) return known
    const pixels = imageAt(splits[split].images, index).slice()
    const place = random.within('inspection').stream(`${split}.${index}`)
    return { pixels, region: trigger.paint(pixels, place) }
  }

  return {
    plan,
    network,
    random,
    splits,
    attack: backdoor,
    isPoisoned: (split, index) => split === 'train' && (backdoor?.poisoned.has(index) ?? false),
    trainedOn(indices) {
      const set = selectImages(splits.train.images, indices)
      for (let k = 0; k < set.count; k++) {
        const index = indices[k]!
        const changed = backdoor?.poisoned.get(index)?.pixels ?? backdoor?.covers.get(index)
        if (changed !== undefined) imageAt(set, k).set(changed)
        if (backdoor !== null) set.labels[k] = backdoor.trainedLabels[index]!
      }
      return set
    },
    triggered,
    regionOf: (split, index) => backdoor?.trigger?.region ?? triggered(split, index).region,
    release: () => releasePredictor(network),
  }
}

function noTrigger(message: string): AppError {
  return new AppError({ code: 'unsupported', message })
}

function splitsOf({ train, test }: Dataset, { experiment }: ExperimentPlan, random: RandomStreams): OpenRun['splits'] {
  const { defender, evaluation } = dealTest(test.count, experiment.defender.share, random)
  const dealt = (positions: Uint32Array): Split => ({
    images: selectImages(test, positions),
    positions: Int32Array.from(positions),
  })
  return {
    evaluation: dealt(evaluation),
    defender: dealt(defender),
    train: { images: train, positions: Int32Array.from({ length: train.count }, (_, index) => index) },
  }
}

export interface PlantedAgain extends OpenAttack {
  readonly planted: PlantedBackdoor
  /** Where the trigger was painted on poisoned training images, with what they became. */
  readonly poisoned: ReadonlyMap<number, TriggeredImage>
  /** Of all training images, as the victim was told. */
  readonly trainedLabels: Uint8Array
  /** What became of training images that were changed and kept their label. */
  readonly covers: ReadonlyMap<number, Uint8Array>
}

/** Plants the backdoor of a run once more, by the code and the streams of the run itself; null where it has none. */
export function plantAgain(
  { attack, victim, data }: ExperimentPlan,
  dataset: Dataset,
  savedTrigger: SavedTrigger | null,
  random: RandomStreams,
): PlantedAgain | null {
  if (attack === null) return null
  const { definition, params } = attack
  // Of a victim that was trained elsewhere it is not known which images were poisoned.
  const train = victim === null ? dataset.train : selectImages(dataset.train, [])
  const streams = random.within('attack')
  const starting = definition.createTrigger(params, data, streams)
  const restored = !isCrafted(attack)
    ? starting
    : savedTrigger === null
      ? null
      : (definition.restoreTrigger?.(params, savedTrigger, data, streams) ?? null)
  const planted = definition.plant(params, restored ?? starting, { train, data, random: streams })
  // Copies, so that the poisoned training set as a whole can go.
  const changed = (index: number): Uint8Array => imageAt(planted.poisonedTrain, index).slice()
  const poisoned = new Map(
    Array.from(planted.poisonedIndices, (index, k) => [index, { pixels: changed(index), region: planted.regions[k]! }]),
  )
  const covers = new Map(Array.from(planted.coverIndices, (index) => [index, changed(index)]))
  return {
    targets: data.classNames.map((_, label) => planted.targetOf(label)),
    trigger: restored,
    problem:
      restored === null
        ? `${definition.title} optimised its trigger in the run, and the run did not get as far as saving it.`
        : null,
    planted,
    poisoned,
    trainedLabels: planted.poisonedTrain.labels,
    covers,
  }
}

/** The images that the run itself painted on: those of its exam, and the poisoned ones. */
function paintedImages(
  { planted, trigger, poisoned }: PlantedAgain,
  { evaluation }: OpenRun['splits'],
  random: RandomStreams,
): Partial<Record<SplitId, ReadonlyMap<number, TriggeredImage>>> {
  if (trigger === null) return {}
  const exam = prepareExam(evaluation.images, planted, random.stream('exam-positions')).triggered
  const examined = new Map(
    Array.from(exam?.cleanIndices ?? [], (index, k) => [
      index,
      { pixels: imageAt(exam!.set, k), region: exam!.regions[k]! },
    ]),
  )
  return { evaluation: examined, train: poisoned }
}
