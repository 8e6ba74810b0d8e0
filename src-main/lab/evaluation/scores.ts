import { CURVE_IMAGES, type Scores } from '../../../src-shared/model/metrics.js'
import type { TensorMap } from '../compute/tensor-map.js'
import { imageAt, indicesWhere, selectImages, type ImageSet } from '../data/image-set.js'
import type { PlantedBackdoor } from '../define.js'
import type { Network } from '../nn/network.js'
import type { Rng } from '../random/rng.js'
import type { RunContext } from '../run-context.js'
import { paintImages, type PaintedRegion } from '../triggers/trigger.js'
import { predictClasses, shareEqual } from './predict.js'

/** The images that a model is judged on, drawn once, so that before and after are measured on the same pictures. */
export interface Exam {
  readonly clean: ImageSet
  /** Null where there is no attack. */
  readonly triggered: TriggeredExam | null
}

export interface TriggeredExam {
  /** Test images whose class is not already the attacker's target, with the trigger painted on; true labels. */
  readonly set: ImageSet
  /** Where it was painted on each. */
  readonly regions: readonly PaintedRegion[]
  /** Positions of the same images in the clean set. */
  readonly cleanIndices: Uint32Array
  /** The class that the attacker wants for each. */
  readonly targets: Uint8Array
}

/** Paints the trigger on a copy of every test image that is not of the target class (BackdoorBench's definition). */
export function prepareExam(clean: ImageSet, backdoor: PlantedBackdoor | null, positions: Rng): Exam {
  if (backdoor === null) return { clean, triggered: null }
  const cleanIndices = indicesWhere(clean, (label) => backdoor.targetOf(label) !== label)
  const set = selectImages(clean, cleanIndices)
  const images = Array.from({ length: set.count }, (_, i) => imageAt(set, i))
  const regions = paintImages(backdoor.trigger, images, positions)
  const targets = set.labels.map((label) => backdoor.targetOf(label))
  return { clean, triggered: { set, regions, cleanIndices, targets } }
}

/** The first images of the exam, and those of them that have a trigger. The order of an evaluation split is random. */
export function curveExam({ clean, triggered }: Exam): Exam {
  if (clean.count <= CURVE_IMAGES) return { clean, triggered }
  const part = selectImages(clean, firstIndices(CURVE_IMAGES))
  if (triggered === null) return { clean: part, triggered }
  const cleanIndices = triggered.cleanIndices.filter((index) => index < CURVE_IMAGES)
  return {
    clean: part,
    triggered: {
      // Both are in the order of the clean images.
      set: selectImages(triggered.set, firstIndices(cleanIndices.length)),
      regions: triggered.regions.slice(0, cleanIndices.length),
      cleanIndices,
      targets: triggered.targets.slice(0, cleanIndices.length),
    },
  }
}

function firstIndices(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}

/** Clean accuracy, attack success, robust accuracy and base rate of the weights. */
export async function measureScores(network: Network, weights: TensorMap, { clean, triggered }: Exam): Promise<Scores> {
  const onClean = await predictClasses(network, weights, clean)
  const cleanAccuracy = shareEqual(onClean, clean.labels)
  if (triggered === null) return { cleanAccuracy, attackSuccessRate: null, robustAccuracy: null, baseRate: null }
  const onTriggered = await predictClasses(network, weights, triggered.set)
  return {
    cleanAccuracy,
    attackSuccessRate: shareEqual(onTriggered, triggered.targets),
    robustAccuracy: shareEqual(onTriggered, triggered.set.labels),
    baseRate: shareEqual(
      Array.from(triggered.cleanIndices, (index) => onClean[index]!),
      triggered.targets,
    ),
  }
}

/** Tells the world of them; without an epoch they are a stage's result. */
export function reportScores(context: RunContext, scores: Scores, epoch: number | null = null): void {
  const known = Object.entries(scores).filter((entry): entry is [string, number] => entry[1] !== null)
  context.metrics({ epoch, origin: 'evaluation', values: Object.fromEntries(known) })
}
