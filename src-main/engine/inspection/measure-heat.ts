import { HeatStatistics, type SplitId } from '../../../src-shared/model/inspection.js'
import type { TensorMap } from '../../lab/compute/tensor-map.js'
import type { ExplainPlan } from '../../lab/explain/explain-images.js'
import { heatStatistics, joinHeat, turnedSamples } from '../../lab/inspect/heat-statistics.js'
import type { OpenRun } from '../../lab/inspect/open-run.js'
import { inParts } from '../../lab/inspect/spread.js'
import type { Watch } from '../../lab/inspect/watch.js'
import type { AnswerCache } from './answer-cache.js'

/** Samples that are kept together: what was measured before a cancellation is not measured again. */
const KEPT_TOGETHER = 128

export interface HeatedModel {
  readonly run: OpenRun
  readonly weights: TensorMap
  /** All that the answer follows from besides the samples. */
  readonly identity: readonly unknown[]
}

/** Where the heat of triggered samples lies, measured and kept part by part. */
export async function measureHeat(
  { run, weights, identity }: HeatedModel,
  plan: ExplainPlan,
  { split, limit, curves }: { split: SplitId; limit: number; curves: boolean },
  watch: Watch,
  cache: AnswerCache,
): Promise<HeatStatistics> {
  const indices = turnedSamples(run, split, limit)
  const parts: HeatStatistics[] = []
  let done = 0
  for (const part of inParts(indices, KEPT_TOGETHER)) {
    const from = done
    const within: Watch = {
      breathe: () => watch.breathe(),
      progress: (count) => watch.progress(from + count, indices.length),
    }
    await watch.breathe()
    parts.push(
      await cache.through(['heat', identity, split, curves, [...part]], HeatStatistics, () =>
        heatStatistics(run, weights, plan, { split, indices: part, curves }, within),
      ),
    )
    done += part.length
    watch.progress(done, indices.length)
  }
  return joinHeat(parts)
}
