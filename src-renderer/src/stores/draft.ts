import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { WireError } from '../../../src-shared/contract/index.js'
import type { Experiment } from '../../../src-shared/model/experiment.js'
import type { RunId } from '../../../src-shared/model/ids.js'
import type { JsonObject, JsonValue } from '../../../src-shared/model/json.js'
import { useAppClient } from './app-client.js'
import { useCatalogueStore } from './catalogue.js'
import { draftOf, type Draft } from './draft-model.js'
import { readDraft, saveDraft } from './draft-storage.js'
import { changed, historyOf, redone, undone, type History } from './history.js'
import { toWireError } from './wire-error.js'

const CHECK_AFTER_MS = 250

/** The experiment that is being composed: every change can be undone, survives a reload, and is checked as one types. */
export const useDraftStore = defineStore('draft', () => {
  const client = useAppClient()
  const catalogue = useCatalogueStore()
  const saved = readDraft()
  const history = shallowRef<History<Draft> | null>(saved === null ? null : historyOf(saved))
  const draft = computed(() => history.value?.present ?? null)

  /** The complete experiment, where the last check found nothing wrong. */
  const checked = shallowRef<Experiment | null>(null)
  const checkError = shallowRef<WireError | null>(null)
  const isLaunching = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let latestCheck = 0

  watch(
    () => catalogue.catalogue,
    (loaded) => {
      const first = loaded?.experiments[0]
      if (first !== undefined && history.value === null) {
        history.value = historyOf(draftOf(first.experiment, catalogue.plugins))
      }
    },
    { immediate: true },
  )

  watch(
    draft,
    (present) => {
      clearTimeout(timer)
      if (present === null) return
      saveDraft(present)
      checked.value = null
      latestCheck += 1
      timer = setTimeout(() => void check(), CHECK_AFTER_MS)
    },
    { immediate: true },
  )

  async function check(): Promise<void> {
    const mine = ++latestCheck
    clearTimeout(timer)
    try {
      const { experiment } = await client.call('experiment.check', { experiment: asExperiment() })
      if (mine !== latestCheck) return
      checked.value = experiment
      checkError.value = null
    } catch (thrown) {
      if (mine === latestCheck) checkError.value = toWireError(thrown)
    }
  }

  function asExperiment(): JsonObject {
    if (draft.value === null) throw new Error('There is no draft before the catalogue is there')
    return { ...draft.value } as unknown as JsonObject
  }

  return {
    draft,
    checked,
    checkError,
    isLaunching,
    check,
    asExperiment,
    canUndo: computed(() => (history.value?.past.length ?? 0) > 0),
    canRedo: computed(() => (history.value?.future.length ?? 0) > 0),
    /** `topic` names what is changed, so that typing in one field is undone as a whole. */
    change(topic: string, next: (draft: Draft) => Draft): void {
      if (history.value === null) return
      history.value = changed(history.value, next(history.value.present), topic, Date.now())
    },
    load(experiment: JsonObject): void {
      const next = draftOf(experiment, catalogue.plugins)
      history.value = history.value === null ? historyOf(next) : changed(history.value, next, 'load', -Infinity)
    },
    undo(): void {
      if (history.value !== null) history.value = undone(history.value)
    },
    redo(): void {
      if (history.value !== null) history.value = redone(history.value)
    },
    /** Starts the run. Null where the experiment was refused; the reason is then in `checkError`. */
    async launch(): Promise<RunId | null> {
      if (isLaunching.value) return null
      isLaunching.value = true
      try {
        const experiment: JsonValue = asExperiment()
        return (await client.call('run.start', { experiment })).runId
      } catch (thrown) {
        checkError.value = toWireError(thrown)
        return null
      } finally {
        isLaunching.value = false
      }
    },
  }
})
