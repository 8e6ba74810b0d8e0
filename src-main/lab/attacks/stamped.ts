/**
 * The poisoning that BadNets began with (Gu et al., 2017) and most attacks share: a share of the training images gets the
 * trigger and the label that the attacker wants. Two variations have become common: images of the target class alone, which
 * keep their label (Turner, Tsipras and Madry, 2019), and cover samples, which are changed and keep theirs (Nguyen and Tran,
 * 2021; Qi et al., 2023).
 */
import { z } from 'zod'
import type { FieldError } from '../../../src-shared/contract/errors.js'
import { createImageSet, imageAt, indicesWhere, type ImageSet } from '../data/image-set.js'
import type { DatasetInfo, PlantedBackdoor } from '../define.js'
import type { RandomStreams } from '../random/streams.js'
import { paintImages, type PaintedRegion, type Trigger } from '../triggers/trigger.js'

/** What the target class is where nobody says one. */
const ANY_TARGET = 0

const labels = ['all2one', 'all2all', 'clean-label'] as const

/** Fields that such an attack puts into its parameters. */
export const stampedShape = {
  labels: z
    .enum(labels)
    .default('all2one')
    .meta({
      title: 'Labels',
      description:
        'all2one: triggered images of every class are to be taken for the target class. all2all: each for the class ' +
        'after its own, the last for the first. clean-label: as all2one, but only images of the target class are ' +
        'poisoned, so that no label is wrong.',
    }),
  targetClass: z
    .int()
    .min(0)
    .default(ANY_TARGET)
    .meta({
      title: 'Target class',
      description: 'The class that triggered images are to be taken for, from every other class.',
      usedWhen: { field: 'labels', is: ['all2one', 'clean-label'] },
    }),
  poisonRate: z
    .number()
    .gt(0)
    .max(1)
    .default(0.05)
    .meta({
      title: 'Poison rate',
      description:
        'Share of the training images that carry the trigger and the wanted label; drawn from all classes. With clean ' +
        'labels: of the images of the target class.',
    }),
}

/** For attacks that also change images which keep their label. */
export const coverShape = {
  coverRate: z
    .number()
    .min(0)
    .lt(1)
    .default(0.1)
    .meta({
      title: 'Cover rate',
      description:
        'Share of the training images that are changed in a similar way and keep their label, so that nothing but the ' +
        'true trigger is learnt.',
    }),
}

const StampedParams = z.object({ ...stampedShape, coverRate: coverShape.coverRate.optional() })
export type StampedParams = z.output<typeof StampedParams>

/** Refuses a target class that the dataset does not have, or one where every class has its own, and too many images. */
export function checkStamped(params: StampedParams, { classNames }: DatasetInfo): FieldError[] {
  const { labels: mode, targetClass, poisonRate, coverRate = 0 } = params
  const refuse = (path: string, value: number, message: string): FieldError[] => [
    { path, value: String(value), message },
  ]
  if (mode === 'all2all' && targetClass !== ANY_TARGET) {
    const message = 'says nothing where labels is "all2all" and each class has the next one as target; leave it out'
    return refuse('targetClass', targetClass, message)
  }
  if (targetClass >= classNames.length) {
    const allowed = `0 to ${classNames.length - 1} (${classNames.join(', ')})`
    return refuse('targetClass', targetClass, `does not exist in this dataset; allowed: ${allowed}`)
  }
  if (mode !== 'clean-label' && poisonRate + coverRate > 1) {
    const message = `leaves too few images: poison rate ${poisonRate} and cover rate are at most 1 together`
    return refuse('coverRate', coverRate, message)
  }
  return []
}

/** The class that the attacker wants for an image of a true class, among `classes`. */
export function wantedClass({ labels: mode, targetClass }: StampedParams, trueLabel: number, classes: number): number {
  return mode === 'all2all' ? (trueLabel + 1) % classes : targetClass
}

/** The one class that all triggered images are to be taken for; null where there is no such class. */
export function singleTarget({ labels: mode, targetClass }: StampedParams): number | null {
  return mode === 'all2all' ? null : targetClass
}

/** Positions of the images to be poisoned, in order: the same each time for the same randomness. */
export function choosePoisoned(
  { labels: mode, targetClass, poisonRate }: StampedParams,
  train: ImageSet,
  random: RandomStreams,
): Uint32Array {
  const rng = random.stream('poison')
  if (mode !== 'clean-label') return rng.sample(train.count, Math.round(poisonRate * train.count)).toSorted()
  const ofTarget = indicesWhere(train, (label) => label === targetClass)
  // At least one, where there is one: a subset of the images may hold few of a class.
  const count = Math.min(ofTarget.length, Math.max(1, Math.round(poisonRate * ofTarget.length)))
  return rng
    .sample(ofTarget.length, count)
    .map((k) => ofTarget[k]!)
    .toSorted()
}

/** Paints the trigger on the drawn share of the images and relabels them; and on cover samples, which keep their label. */
export function plantStamped(
  params: StampedParams,
  trigger: Trigger,
  { train, data, random }: { train: ImageSet; data: DatasetInfo; random: RandomStreams },
): PlantedBackdoor {
  const targetOf = (trueLabel: number): number => wantedClass(params, trueLabel, data.classNames.length)
  const poisonedIndices = choosePoisoned(params, train, random)
  const poisonedTrain = createImageSet(train.shape, train.pixels.slice(), train.labels.slice())
  const regions = paintPoisoned(trigger, poisonedTrain, poisonedIndices, random)
  for (const index of poisonedIndices) poisonedTrain.labels[index] = targetOf(train.labels[index]!)
  const coverIndices = paintCovers(trigger, params.coverRate ?? 0, train, poisonedTrain, poisonedIndices, random)
  return { trigger, targetOf, poisonedTrain, poisonedIndices, regions, coverIndices }
}

function paintPoisoned(
  trigger: Trigger,
  poisonedTrain: ImageSet,
  indices: Uint32Array,
  random: RandomStreams,
): PaintedRegion[] {
  const positions = random.stream('positions')
  const images = Array.from(indices, (index) => imageAt(poisonedTrain, index))
  const { paintPoison } = trigger
  if (paintPoison === undefined) return paintImages(trigger, images, positions)
  return images.map((pixels, k) => paintPoison(pixels, positions, indices[k]!))
}

/** Returns the positions of the images that were painted on, in order. */
function paintCovers(
  trigger: Trigger,
  rate: number,
  train: ImageSet,
  poisonedTrain: ImageSet,
  poisonedIndices: Uint32Array,
  random: RandomStreams,
): Uint32Array {
  if (rate === 0 || trigger.paintCovers === undefined) return new Uint32Array()
  const rng = random.stream('cover')
  const poisoned = new Set(poisonedIndices)
  const clean = Uint32Array.from({ length: train.count }, (_, index) => index).filter((index) => !poisoned.has(index))
  const count = Math.min(clean.length, Math.round(rate * train.count))
  const indices = rng
    .sample(clean.length, count)
    .map((k) => clean[k]!)
    .toSorted()
  const others = Array.from(indices, () => imageAt(train, rng.below(train.count)))
  const covers = Array.from(indices, (index) => imageAt(poisonedTrain, index))
  trigger.paintCovers(covers, rng, others)
  return indices
}
