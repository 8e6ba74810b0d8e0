import { byteBlock, FloatBlock, floatBlock, floatsOf } from '../../../src-shared/model/array-block.js'
import type { Explanation } from '../../../src-shared/model/inspection.js'
import { z } from 'zod'
import type { ExplainContext } from '../../lab/define.js'
import { selectImages, imageAt } from '../../lab/data/image-set.js'
import { explainImages, type ExplainPlan } from '../../lab/explain/explain-images.js'
import { heatInside, pointsInside } from '../../lab/inspect/heat-metrics.js'
import type { ViewedImages } from '../../lab/inspect/view-images.js'
import type { Classifier } from '../../lab/nn/network.js'
import { hashOf, type AnswerCache } from './answer-cache.js'

/** Images of one go. */
const BATCH = 16

const KeptHeat = z.object({ probabilities: FloatBlock, heat: FloatBlock, class: z.int() })
type KeptHeat = z.infer<typeof KeptHeat>

export interface ExplainedModel {
  readonly id: string
  readonly classifier: Classifier
  /** All that the answers follow from besides the image and the method. */
  readonly identity: readonly unknown[]
}

/** Heatmaps of samples in one view, each kept under the content of image and weights. */
export async function explainSamples(
  model: ExplainedModel,
  plan: ExplainPlan,
  { set, regions }: ViewedImages,
  wanted: Uint8Array,
  context: ExplainContext,
  cache: AnswerCache,
): Promise<Omit<Explanation, 'model' | 'view'>> {
  const keys = Array.from({ length: set.count }, (_, k) => [
    'explain',
    model.identity,
    plan.definition.id,
    plan.params,
    plan.layer?.name ?? null,
    plan.class === 'true' ? set.labels[k] : plan.class === 'target' ? wanted[k] : plan.class,
    hashOf(imageAt(set, k)),
  ])
  const kept: (KeptHeat | null)[] = await Promise.all(keys.map((key) => cache.get(key, KeptHeat)))
  const missing = kept.flatMap((each, k) => (each === null ? [k] : []))
  for (let from = 0; from < missing.length; from += BATCH) {
    const part = missing.slice(from, from + BATCH)
    const made = await explainPart(model, plan, set, wanted, part, context)
    await Promise.all(made.map((heat, k) => cache.put(keys[part[k]!]!, heat)))
    made.forEach((heat, k) => (kept[part[k]!] = heat))
  }
  return together(kept as KeptHeat[], { set, regions })
}

async function explainPart(
  { classifier }: ExplainedModel,
  plan: ExplainPlan,
  set: ViewedImages['set'],
  wanted: Uint8Array,
  part: readonly number[],
  context: ExplainContext,
): Promise<KeptHeat[]> {
  const images = selectImages(set, part)
  const targets = Uint8Array.from(part, (k) => wanted[k]!)
  const { probabilities, heat, classes } = await explainImages(plan, classifier, images, targets, context)
  const { height, width } = set.shape
  const size = height * width
  const count = classifier.network.classes
  return part.map((_, k) => ({
    probabilities: floatBlock(probabilities.slice(k * count, (k + 1) * count)),
    heat: floatBlock(heat.slice(k * size, (k + 1) * size), [height, width]),
    class: classes[k]!,
  }))
}

function together(kept: readonly KeptHeat[], { set, regions }: ViewedImages): Omit<Explanation, 'model' | 'view'> {
  const { height, width } = set.shape
  const heats = kept.map(({ heat }) => floatsOf(heat))
  const probabilities = kept.map((each) => floatsOf(each.probabilities))
  const lying = (measure: typeof heatInside): FloatBlock =>
    floatBlock(Float32Array.from(heats, (heat, k) => (regions[k] ? measure(heat, width, regions[k]) : Number.NaN)))
  return {
    probabilities: floatBlock(concatenated(probabilities), [kept.length, probabilities[0]?.length ?? 0]),
    classes: byteBlock(Uint8Array.from(kept, (each) => each.class)),
    heat: floatBlock(concatenated(heats), [kept.length, height, width]),
    inside: lying(heatInside),
    pointing: lying(pointsInside),
  }
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
