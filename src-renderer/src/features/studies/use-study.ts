import { computed, shallowRef, watch } from 'vue'
import type { WireError } from '../../../../src-shared/contract/index.js'
import type { RunId } from '../../../../src-shared/model/ids.js'
import type { PlannedStudy } from '../../../../src-shared/model/study.js'
import { countCells } from '../../../../src-shared/study/study-progress.js'
import type { AppClient } from '../../client/create-app-client.js'
import { useLoaded } from '../../stores/loaded.js'
import { useRunsStore } from '../../stores/runs.js'
import { toWireError } from '../../stores/wire-error.js'
import { cellViews } from './study-cells.js'

export interface StudyRefusal {
  readonly title: string
  readonly error: WireError
}

/** One study, kept up to date by the list of runs, and what can be asked of it. */
export function useStudy(client: AppClient, name: string) {
  const runs = useRunsStore()
  const { value, error, load } = useLoaded(() => client.call('study.show', { name }))
  const refusal = shallowRef<StudyRefusal | null>(null)
  /** What is being asked, null for nothing. */
  const asked = shallowRef<'resume' | 'cancel' | null>(null)
  /** Runs of which it is known whether they belong to the study. */
  let seen = new Set<RunId>()

  async function reload(): Promise<void> {
    seen = new Set(runs.runs.map(({ runId }) => runId))
    await load()
  }

  // A run that was not there before may be one of the study.
  watch(
    () => runs.runs,
    (listed) => {
      if (listed.some(({ runId }) => !seen.has(runId))) void reload()
    },
  )
  void reload()

  const latest = computed(() => new Map(runs.runs.map((run) => [run.runId, run])))
  const views = computed(() => (value.value === null ? [] : cellViews(value.value, latest.value)))

  async function ask(what: 'resume' | 'cancel', title: string): Promise<void> {
    if (asked.value !== null) return
    asked.value = what
    refusal.value = null
    try {
      await client.call(`study.${what}`, { name })
    } catch (thrown) {
      refusal.value = { title, error: toWireError(thrown) }
    } finally {
      asked.value = null
      await reload()
    }
  }

  return {
    error,
    load: reload,
    /** Null until it has been read; its runs are as the list of runs tells them now. */
    study: computed((): PlannedStudy | null =>
      value.value === null ? null : { ...value.value, runs: views.value.map(({ run }) => run) },
    ),
    folder: computed(() => value.value?.folder ?? ''),
    views,
    counts: computed(() => countCells(views.value.map(({ status }) => status))),
    asked,
    refusal,
    resume: () => ask('resume', 'The study was not started'),
    cancel: () => ask('cancel', 'The study was not cancelled'),
  }
}
