import { shallowRef } from 'vue'
import { useRouter } from 'vue-router'
import type { WireError } from '../../../src-shared/contract/index.js'
import type { JsonObject } from '../../../src-shared/model/json.js'
import { useRunsStore } from '../stores/runs.js'
import { toWireError } from '../stores/wire-error.js'

/** Starts an experiment and goes to its run. */
export function useLaunch() {
  const runs = useRunsStore()
  const router = useRouter()
  const error = shallowRef<WireError | null>(null)
  const isLaunching = shallowRef(false)

  return {
    error,
    isLaunching,
    async launch(experiment: JsonObject): Promise<void> {
      if (isLaunching.value) return
      isLaunching.value = true
      error.value = null
      try {
        const runId = await runs.start(experiment)
        await router.push({ name: 'run', params: { runId } })
      } catch (thrown) {
        error.value = toWireError(thrown)
      } finally {
        isLaunching.value = false
      }
    },
  }
}
