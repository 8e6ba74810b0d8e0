import { shallowRef } from 'vue'
import type { WireError } from '../../../src-shared/contract/index.js'
import type { RunId } from '../../../src-shared/model/ids.js'
import type { AnnotationsChange } from '../../../src-shared/model/run-annotations.js'
import { useRunsStore } from '../stores/runs.js'
import { toWireError } from '../stores/wire-error.js'

/** Changes tags, notes, stars and the archive, and keeps the last refusal to show. */
export function useAnnotate() {
  const runs = useRunsStore()
  const error = shallowRef<WireError | null>(null)

  return {
    error,
    async annotate(runIds: readonly RunId[], change: AnnotationsChange): Promise<WireError | null> {
      try {
        await runs.annotate(runIds, change)
        error.value = null
      } catch (thrown) {
        error.value = toWireError(thrown)
      }
      return error.value
    },
  }
}
