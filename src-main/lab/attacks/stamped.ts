/**
 * The poisoning that BadNets began with (Gu et al., 2017) and most attacks share: a share of the training images, drawn
 * from all classes, gets the trigger and the label that the attacker wants.
 */
import { z } from 'zod'
import type { FieldError } from '../../../src-shared/contract/errors.js'
import { createImageSet, imageAt, type ImageSet } from '../data/image-set.js'
import type { DatasetInfo, PlantedBackdoor } from '../define.js'
import type { RandomStreams } from '../random/streams.js'
import type { Trigger } from '../triggers/trigger.js'

/** What the target class is where nobody says one. */
const ANY_TARGET = 0

/** Fields that such an attack puts into its parameters. */
export const stampedShape = {
  labels: z
    .enum(['all2one', 'all2all'])
    .default('all2one')
    .meta({
      title: 'Labels',
      description:
        'all2one: triggered images of every class are to be taken for the target class. all2all: each for the class ' +
        'after its own, the last for the first.',
    }),
  targetClass: z
    .int()
    .min(0)
    .default(ANY_TARGET)
    .meta({
      title: 'Target class',
      description: 'The class that triggered images are to be taken for, from every other class.',
      usedWhen: { field: 'labels', is: ['all2one'] },
    }),
  poisonRate: z.number().gt(0).max(1).default(0.05).meta({
    title: 'Poison rate',
    description: 'Share of the training images that carry the trigger and the wanted label; drawn from all classes.',
  }),
}

const StampedParams = z.object(stampedShape)
export type StampedParams = z.output<typeof StampedParams>

/** Refuses a target class that the dataset does not have, or one where every class has its own. */
export function checkStamped({ labels, targetClass }: StampedParams, { classNames }: DatasetInfo): FieldError[] {
  const refuse = (message: string): FieldError[] => [{ path: 'targetClass', value: String(targetClass), message }]
  if (labels === 'all2all' && targetClass !== ANY_TARGET) {
    return refuse('says nothing where labels is "all2all" and each class has the next one as target; leave it out')
  }
  if (targetClass < classNames.length) return []
  return refuse(`does not exist in this dataset; allowed: 0 to ${classNames.length - 1} (${classNames.join(', ')})`)
}

/** The class that the attacker wants for an image of a true class, among `classes`. */
export function wantedClass({ labels, targetClass }: StampedParams, trueLabel: number, classes: number): number {
  return labels === 'all2one' ? targetClass : (trueLabel + 1) % classes
}

/** The one class that all triggered images are to be taken for; null where there is no such class. */
export function singleTarget({ labels, targetClass }: StampedParams): number | null {
  return labels === 'all2one' ? targetClass : null
}

/** Paints the trigger on the drawn share of the images and relabels them. */
export function plantStamped(
  params: StampedParams,
  trigger: Trigger,
  { train, data, random }: { train: ImageSet; data: DatasetInfo; random: RandomStreams },
): PlantedBackdoor {
  const targetOf = (trueLabel: number): number => wantedClass(params, trueLabel, data.classNames.length)
  const poisonedIndices = random
    .stream('poison')
    .sample(train.count, Math.round(params.poisonRate * train.count))
    .toSorted()
  const positions = random.stream('positions')
  const poisonedTrain = createImageSet(train.shape, train.pixels.slice(), train.labels.slice())
  for (const index of poisonedIndices) {
    trigger.paint(imageAt(poisonedTrain, index), positions)
    poisonedTrain.labels[index] = targetOf(train.labels[index]!)
  }
  return { trigger, targetOf, poisonedTrain, poisonedIndices }
}
