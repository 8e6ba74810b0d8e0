import { onScopeDispose, shallowRef, watch } from 'vue'
import type { WireError } from '../../../../src-shared/contract/index.js'
import type { PlannedStudy, StudyRequest } from '../../../../src-shared/model/study.js'
import type { AppClient } from '../../client/create-app-client.js'
import { toWireError } from '../../stores/wire-error.js'

const ASK_AFTER_MS = 200

/** The plan of what is chosen, anew whenever the choices or the datasets change. Null: nothing that can be planned. */
export function usePlan(client: AppClient, request: () => StudyRequest | null, changes: () => unknown) {
  /** The latest; of older choices while `isAsking`. */
  const planned = shallowRef<PlannedStudy | null>(null)
  const error = shallowRef<WireError | null>(null)
  const isAsking = shallowRef(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let latest = 0

  async function ask(): Promise<void> {
    const asked = request()
    const mine = ++latest
    clearTimeout(timer)
    if (asked === null) {
      isAsking.value = false
      return
    }
    isAsking.value = true
    try {
      const answer = await client.call('study.plan', asked)
      if (mine !== latest) return
      planned.value = answer
      error.value = null
    } catch (thrown) {
      if (mine !== latest) return
      error.value = toWireError(thrown)
    }
    isAsking.value = false
  }

  watch(
    [request, changes],
    () => {
      clearTimeout(timer)
      latest += 1
      isAsking.value = true
      timer = setTimeout(() => void ask(), ASK_AFTER_MS)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    latest += 1
  })
  return { planned, error, isAsking, ask }
}
