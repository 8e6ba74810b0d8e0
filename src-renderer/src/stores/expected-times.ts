import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import type { RunId } from '../../../src-shared/model/ids.js'
import type { RunRecord } from '../../../src-shared/model/run-record.js'
import { useAppClient } from './app-client.js'
import type { RunState } from '../../../src-shared/runs/run-state.js'
import { useRunsStore } from './runs.js'
import { expectedFrom, likeliestRun, type ExpectedStages } from './time-left.js'

/** Only the record is wanted, none of the events. */
const AFTER_ALL = Number.MAX_SAFE_INTEGER

/** How long stages may be expected to take, learned from runs that are done. */
export const useExpectedTimesStore = defineStore('expected-times', () => {
  const client = useAppClient()
  const runs = useRunsStore()
  /** Null while a record is under way, and for good where it cannot be read: then nothing is expected. */
  const records = shallowReactive(new Map<RunId, RunRecord | null>())

  function recordOf(runId: RunId): RunRecord | null {
    const known = records.get(runId)
    if (known !== undefined) return known
    records.set(runId, null)
    client.call('run.snapshot', { runId, afterSeq: AFTER_ALL }).then(
      ({ record }) => records.set(runId, record),
      () => {},
    )
    return null
  }

  return {
    of({ record }: Pick<RunState, 'record'>): ExpectedStages {
      const listing = runs.runs.find(({ runId }) => runId === record.runId)
      const model = listing === undefined ? null : likeliestRun(runs.runs, listing)
      const known = model === null ? null : recordOf(model.runId)
      return known === null ? [] : expectedFrom(known, record.stages)
    },
  }
})
