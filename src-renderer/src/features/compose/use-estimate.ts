import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'
import type { WireError } from '../../../../src-shared/contract/index.js'
import type { Estimate } from '../../../../src-shared/model/estimate.js'
import type { JsonObject } from '../../../../src-shared/model/json.js'
import type { AppClient } from '../../client/create-app-client.js'
import { toWireError } from '../../stores/wire-error.js'

/** After the preview (300 ms), and not for every key: it takes the machine for some seconds. */
const ASK_AFTER_MS = 1200

export interface LiveEstimate {
  /** The latest; of an older form while `isMeasuring`. */
  readonly estimate: Readonly<ShallowRef<Estimate | null>>
  readonly error: Readonly<ShallowRef<WireError | null>>
  readonly isMeasuring: Readonly<ShallowRef<boolean>>
}

/** What a run of the checked experiment will take, asked for once the form has been quiet. Null: nothing to ask for. */
export function useEstimate(client: AppClient, checked: () => JsonObject | null): LiveEstimate {
  const estimate = shallowRef<Estimate | null>(null)
  const error = shallowRef<WireError | null>(null)
  const isMeasuring = shallowRef(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let latest = 0

  watch(
    checked,
    (experiment) => {
      clearTimeout(timer)
      latest += 1
      isMeasuring.value = experiment !== null
      if (experiment === null) return
      timer = setTimeout(() => void ask(experiment), ASK_AFTER_MS)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    latest += 1
  })

  async function ask(experiment: JsonObject): Promise<void> {
    const mine = latest
    try {
      const answer = await client.call('experiment.estimate', { experiment })
      if (mine !== latest) return
      estimate.value = answer
      error.value = null
    } catch (thrown) {
      if (mine !== latest) return
      error.value = toWireError(thrown)
      estimate.value = null
    }
    isMeasuring.value = false
  }

  return { estimate, error, isMeasuring }
}
