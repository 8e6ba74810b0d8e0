import { floatBlock, intBlock } from '../../../src-shared/model/array-block.js'
import type { HeatStatistics, SplitId } from '../../../src-shared/model/inspection.js'
import type { TensorMap } from '../compute/tensor-map.js'
import { explainImages, type ExplainPlan } from '../explain/explain-images.js'
import { heatInside, pointsInside } from './heat-metrics.js'
import { measureCurves } from './insertion-deletion.js'
import type { OpenRun } from './open-run.js'
import { wantedClasses } from './samples.js'
import { allIndices, evenlySpread, inParts } from './spread.js'
import { viewImages } from './view-images.js'
import type { Watch } from './watch.js'

const BATCH = 16

/** Where the heat of triggered samples lies: of those that the attack is to turn, or of all that have no such class. */
export async function heatStatistics(
  run: OpenRun,
  weights: TensorMap,
  plan: ExplainPlan,
  { split, limit, curves }: { split: SplitId; limit: number; curves: boolean },
  watch: Watch,
): Promise<HeatStatistics> {
  const { labels, count } = run.splits[split].images
  const wanted = wantedClasses(run, labels)
  const turned = allIndices(count).filter((index) => wanted[index] !== labels[index])
  const indices = evenlySpread(turned, limit)
  const { height, width } = run.plan.data.shape
  const classifier = { network: run.network, weights }
  const context = { random: run.random.within('inspection'), breathe: () => watch.breathe() }

  const values = new Map(['inside', 'pointing', 'area', 'insertion', 'deletion'].map((name) => [name, [] as number[]]))
  const note = (name: string, value: number): void => void values.get(name)!.push(value)
  let done = 0
  for (const part of inParts(indices, BATCH)) {
    watch.progress(done, indices.length)
    await watch.breathe()
    const { set, regions } = viewImages(run, split, part, { kind: 'triggered' })
    const explained = await explainImages(plan, classifier, set, wantedClasses(run, set.labels), context)
    regions.forEach((region, k) => {
      const heat = explained.heat.subarray(k * height * width, (k + 1) * height * width)
      note('inside', region === null ? Number.NaN : heatInside(heat, width, region))
      note('pointing', region === null ? Number.NaN : pointsInside(heat, width, region))
      note('area', region === null ? Number.NaN : (region.height * region.width) / (height * width))
    })
    if (curves) {
      const areas = await measureCurves(classifier, set, explained, watch)
      areas.forEach(({ insertion, deletion }) => {
        note('insertion', insertion)
        note('deletion', deletion)
      })
    }
    done += part.length
  }
  watch.progress(done, indices.length)
  const block = (name: string) => floatBlock(Float32Array.from(values.get(name)!))
  return {
    indices: intBlock(Int32Array.from(indices)),
    inside: block('inside'),
    pointing: block('pointing'),
    area: block('area'),
    insertion: curves ? block('insertion') : null,
    deletion: curves ? block('deletion') : null,
  }
}
