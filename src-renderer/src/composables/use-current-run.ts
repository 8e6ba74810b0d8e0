import { computed, type ComputedRef } from 'vue'
import type { RunId } from '../../../src-shared/model/ids.js'
import type { RunState } from '../../../src-shared/runs/run-state.js'
import { useRunStreamsStore } from '../stores/run-streams.js'
import { useRunsStore } from '../stores/runs.js'

export interface CurrentRun {
  readonly runId: RunId
  readonly name: string
  readonly state: RunState | null
}

/** The run that the engine works on, wherever one is in the page. */
export function useCurrentRun(): ComputedRef<CurrentRun | null> {
  const runs = useRunsStore()
  const streams = useRunStreamsStore()
  return computed(() => {
    const { running } = runs
    if (running === null) return null
    return { runId: running.runId, name: running.name, state: streams.follow(running.runId).state.value }
  })
}
