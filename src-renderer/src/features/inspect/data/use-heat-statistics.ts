import { getCurrentScope, watch, type ComputedRef } from 'vue'
import { floatsOf, intsOf, type FloatBlock } from '../../../../../src-shared/model/array-block.js'
import type { RunId } from '../../../../../src-shared/model/ids.js'
import { ALL_SAMPLES, type HeatStatistics, type ModelId } from '../../../../../src-shared/model/inspection.js'
import { useAppClient } from '../../../stores/app-client.js'
import { useTask, type Task } from '../../../stores/task.js'
import type { InspectPlace } from '../inspect-place.js'

/** Samples that are measured first, evenly spread, so that there is something to see while all are measured. */
const FIRST_SAMPLES = 256

/** Where the heat of triggered samples lies, one value a sample. */
export interface HeatMeasures {
  readonly indices: Int32Array
  /** Share of the positive heat inside the true trigger, 0 to 1. */
  readonly inside: Float32Array
  /** 1 where the hottest pixel lies inside it. */
  readonly pointing: Float32Array
  /** Share of the image that the trigger covers. */
  readonly area: Float32Array
  /** Null unless they were asked for. */
  readonly curves: HeatCurves | null
}

export interface HeatCurves {
  /** Area under the curve of each sample. */
  readonly insertion: Float32Array
  readonly deletion: Float32Array
  /** Mean probability at equal steps from none of the pixels moved to all. */
  readonly insertionMean: Float32Array
  readonly deletionMean: Float32Array
}

export interface HeatOfModel {
  /** Of all samples of the split that the attack is to turn; of some of them until those are there. */
  readonly measures: HeatMeasures | null
  /** What is measured now, or why it cannot be; null when all is there. */
  readonly waitsFor: Task<HeatMeasures> | null
}

/** Of a model, by the method that is chosen, for the class that the model answers; asked with the first call. */
export type HeatOf = (model: ModelId, curves?: boolean) => HeatOfModel

export function useHeatStatistics(runId: RunId, place: ComputedRef<InspectPlace>): HeatOf {
  const client = useAppClient()
  const scope = getCurrentScope()
  const asked = new Map<string, Task<HeatMeasures>>()

  function ask(model: ModelId, curves: boolean, limit: number): Task<HeatMeasures> {
    const { split, method, layer } = place.value
    const wanted = { runId, split, model, method, layer, limit, curves }
    const id = JSON.stringify(wanted)
    const known = asked.get(id)
    if (known !== undefined) return known
    const made = scope!.run(() =>
      useTask(client, async (task) => heatMeasures(await client.call('inspection.heat', { ...wanted, task }))),
    )!
    asked.set(id, made)
    void made.load()
    return made
  }

  // What is measured by another method is not wanted any more; what has been measured is kept.
  watch(
    () => JSON.stringify([place.value.split, place.value.method, place.value.layer]),
    () => {
      for (const [id, task] of asked) {
        if (task.value.value !== null) continue
        task.cancel()
        asked.delete(id)
      }
    },
    { flush: 'sync' },
  )

  return (model, curves = false) => {
    const first = ask(model, curves, FIRST_SAMPLES)
    if (first.value.value === null) return { measures: null, waitsFor: first }
    const all = ask(model, curves, ALL_SAMPLES)
    const measures = all.value.value
    return { measures: measures ?? first.value.value, waitsFor: measures === null ? all : null }
  }
}

function heatMeasures(found: HeatStatistics): HeatMeasures {
  const { insertion, deletion, insertionCurve, deletionCurve } = found
  const known = (block: FloatBlock | null): Float32Array => (block === null ? new Float32Array() : floatsOf(block))
  return {
    indices: intsOf(found.indices),
    inside: floatsOf(found.inside),
    pointing: floatsOf(found.pointing),
    area: floatsOf(found.area),
    curves:
      insertion === null
        ? null
        : {
            insertion: floatsOf(insertion),
            deletion: known(deletion),
            insertionMean: known(insertionCurve),
            deletionMean: known(deletionCurve),
          },
  }
}
