import { getCurrentScope, type ComputedRef } from 'vue'
import { floatsOf, intsOf, type FloatBlock } from '../../../../../src-shared/model/array-block.js'
import type { RunId } from '../../../../../src-shared/model/ids.js'
import type { HeatStatistics, ModelId } from '../../../../../src-shared/model/inspection.js'
import { useAppClient } from '../../../stores/app-client.js'
import { useTask, type Task } from '../../../stores/task.js'
import type { InspectPlace } from '../inspect-place.js'

/** Samples that are measured at most, evenly spread over those that the attack is to turn. */
export const MEASURED_SAMPLES = 256

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
  readonly insertion: Float32Array | null
  readonly deletion: Float32Array | null
}

/** Of a model, by the method that is chosen, for the class that the attacker wants; asked with the first call. */
export type HeatOf = (model: ModelId, curves?: boolean) => Task<HeatMeasures>

export function useHeatStatistics(runId: RunId, place: ComputedRef<InspectPlace>): HeatOf {
  const client = useAppClient()
  const scope = getCurrentScope()
  const asked = new Map<string, Task<HeatMeasures>>()
  return (model, curves = false) => {
    const { split, method, layer } = place.value
    const wanted = { runId, split, model, method, layer, limit: MEASURED_SAMPLES, curves }
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
}

function heatMeasures({ indices, inside, pointing, area, insertion, deletion }: HeatStatistics): HeatMeasures {
  const known = (block: FloatBlock | null): Float32Array | null => (block === null ? null : floatsOf(block))
  return {
    indices: intsOf(indices),
    inside: floatsOf(inside),
    pointing: floatsOf(pointing),
    area: floatsOf(area),
    insertion: known(insertion),
    deletion: known(deletion),
  }
}
