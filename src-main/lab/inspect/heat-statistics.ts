import { floatBlock, floatsOf, intBlock, intsOf, type FloatBlock } from '../../../src-shared/model/array-block.js'
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

/** The samples that heat is measured on: those that the attack is to turn, evenly spread where there are more than `limit`. */
export function turnedSamples(run: OpenRun, split: SplitId, limit: number): Uint32Array {
  const { labels, count } = run.splits[split].images
  const wanted = wantedClasses(run, labels)
  const turned = allIndices(count).filter((index) => wanted[index] !== labels[index])
  return evenlySpread(turned, limit)
}

/** Where the heat of these samples lies when they are triggered. */
export async function heatStatistics(
  run: OpenRun,
  weights: TensorMap,
  plan: ExplainPlan,
  { split, indices, curves }: { split: SplitId; indices: Uint32Array; curves: boolean },
  watch: Watch,
): Promise<HeatStatistics> {
  const { height, width } = run.plan.data.shape
  const classifier = { network: run.network, weights }
  const context = { random: run.random.within('inspection'), breathe: () => watch.breathe() }

  const values = new Map(['inside', 'pointing', 'area', 'insertion', 'deletion'].map((name) => [name, [] as number[]]))
  const note = (name: string, value: number): void => void values.get(name)!.push(value)
  const insertionCurves: Float32Array[] = []
  const deletionCurves: Float32Array[] = []
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
      for (const { insertion, deletion } of await measureCurves(classifier, set, explained, watch)) {
        note('insertion', insertion.area)
        note('deletion', deletion.area)
        insertionCurves.push(insertion.probabilities)
        deletionCurves.push(deletion.probabilities)
      }
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
    insertionCurve: curves ? meanCurve(insertionCurves) : null,
    deletionCurve: curves ? meanCurve(deletionCurves) : null,
  }
}

/** Statistics of parts of the samples as those of all. */
export function joinHeat(parts: readonly HeatStatistics[]): HeatStatistics {
  const joined = (blockOf: (part: HeatStatistics) => FloatBlock): FloatBlock =>
    floatBlock(Float32Array.from(parts.flatMap((part) => [...floatsOf(blockOf(part))])))
  const hasCurves = parts.length > 0 && parts.every(({ insertion }) => insertion !== null)
  // Each part counts with its samples.
  const curve = (name: 'insertionCurve' | 'deletionCurve'): FloatBlock =>
    meanCurve(parts.flatMap((part) => Array.from(intsOf(part.indices), () => floatsOf(part[name]!))))
  return {
    indices: intBlock(Int32Array.from(parts.flatMap(({ indices }) => [...intsOf(indices)]))),
    inside: joined(({ inside }) => inside),
    pointing: joined(({ pointing }) => pointing),
    area: joined(({ area }) => area),
    insertion: hasCurves ? joined(({ insertion }) => insertion!) : null,
    deletion: hasCurves ? joined(({ deletion }) => deletion!) : null,
    insertionCurve: hasCurves ? curve('insertionCurve') : null,
    deletionCurve: hasCurves ? curve('deletionCurve') : null,
  }
}

function meanCurve(curves: readonly Float32Array[]): FloatBlock {
  const sum = new Float64Array(curves[0]?.length ?? 0)
  for (const curve of curves) curve.forEach((value, step) => (sum[step]! += value))
  return floatBlock(Float32Array.from(sum, (value) => value / curves.length))
}
