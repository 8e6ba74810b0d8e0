import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { RunId } from '../../../src-shared/model/ids.js'

/** Runs that were chosen in the list, in the order of choosing. Kept while one looks at other pages. */
export const useRunSelectionStore = defineStore('run-selection', () => {
  const chosen = shallowRef<ReadonlySet<RunId>>(new Set())

  function set(runIds: readonly RunId[], isChosen: boolean): void {
    const next = new Set(chosen.value)
    for (const runId of runIds) {
      if (isChosen) next.add(runId)
      else next.delete(runId)
    }
    chosen.value = next
  }

  return {
    chosen,
    size: computed(() => chosen.value.size),
    set,
    clear(): void {
      chosen.value = new Set()
    },
  }
})
