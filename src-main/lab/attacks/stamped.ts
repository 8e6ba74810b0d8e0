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

/** Fields that such an attack puts into its parameters. */
export const stampedShape = {
  targetClass: z.int().min(0).default(0).meta({
    title: 'Target class',
    description: 'The class that triggered images are to be taken for, from every other class (all2one).',
  }),
  poisonRate: z.number().gt(0).max(1).default(0.05).meta({
    title: 'Poison rate',
    description: 'Share of the training images that carry the trigger and the target label; drawn from all classes.',
  }),
}

const StampedParams = z.object(stampedShape)
export type StampedParams = z.output<typeof StampedParams>

/** Refuses a target class that the dataset does not have. */
export function checkStamped({ targetClass }: StampedParams, { classNames }: DatasetInfo): FieldError[] {
  if (targetClass < classNames.length) return []
  const message = `does not exist in this dataset; allowed: 0 to ${classNames.length - 1} (${classNames.join(', ')})`
  return [{ path: 'targetClass', value: String(targetClass), message }]
}

/** Paints the trigger on the drawn share of the images and relabels them. */
export function plantStamped(
  { targetClass, poisonRate }: StampedParams,
  trigger: Trigger,
  { train, random }: { train: ImageSet; random: RandomStreams },
): PlantedBackdoor {
  const poisonedIndices = random
    .stream('poison')
    .sample(train.count, Math.round(poisonRate * train.count))
    .toSorted()
  const positions = random.stream('positions')
  const poisonedTrain = createImageSet(train.shape, train.pixels.slice(), train.labels.slice())
  for (const index of poisonedIndices) {
    trigger.paint(imageAt(poisonedTrain, index), positions)
    poisonedTrain.labels[index] = targetClass
  }
  return { trigger, targetOf: () => targetClass, poisonedTrain, poisonedIndices }
}
