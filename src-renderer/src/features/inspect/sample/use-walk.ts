import { computed, onScopeDispose, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import type { WireError } from '../../../../../src-shared/contract/index.js'
import type { TaskId } from '../../../../../src-shared/model/inspection.js'
import { useAppClient } from '../../../stores/app-client.js'
import { taskId, type TaskProgress } from '../../../stores/task.js'
import { toWireError } from '../../../stores/wire-error.js'

/** Answers that are kept, so that walking back asks nothing. */
const KEPT = 400

export interface WalkOptions<T> {
  /** What the answers depend on besides the sample. Null: nothing is asked. */
  readonly settings: () => string | null
  readonly sample: () => number | null
  /** Samples that will probably be looked at next. */
  readonly next: (sample: number) => readonly number[]
  readonly fetch: (samples: number[], task: TaskId) => Promise<readonly T[]>
}

export interface Walk<T> {
  /** Of the present sample; null while it is on its way. */
  readonly value: ComputedRef<T | null>
  readonly error: ShallowRef<WireError | null>
  readonly isLoading: ComputedRef<boolean>
  readonly progress: ShallowRef<TaskProgress | null>
  retry(): void
}

interface Request {
  readonly settings: string
  readonly samples: readonly number[]
  readonly task: TaskId
}

/**
 * Answers about one sample after the other. The present one is asked for alone, so that it is there soon, and the next
 * ones in one go before they are looked at. What is under way for others is cancelled when one goes elsewhere.
 */
export function useWalk<T>({ settings, sample, next, fetch }: WalkOptions<T>): Walk<T> {
  const client = useAppClient()
  const kept = new Map<string, T>()
  const arrivals = shallowRef(0)
  const error = shallowRef<WireError | null>(null)
  const progress = shallowRef<TaskProgress | null>(null)
  const underWay = shallowRef<Request | null>(null)

  const keyOf = (set: string, index: number): string => `${index} ${set}`
  const find = (set: string, index: number): T | undefined => kept.get(keyOf(set, index))

  function cancel(): void {
    // Whether it was still there to be cancelled does not matter to anybody.
    if (underWay.value !== null) client.call('inspection.cancel', { task: underWay.value.task }).catch(() => undefined)
    underWay.value = null
    progress.value = null
  }

  function ensure(): void {
    const set = settings()
    const index = sample()
    if (set === null || index === null) return cancel()
    const isUnderWay = underWay.value?.settings === set && underWay.value.samples.includes(index)
    if (isUnderWay) return
    if (find(set, index) === undefined) {
      cancel()
      void ask(set, [index])
    } else if (underWay.value === null) {
      const missing = next(index).filter((each) => find(set, each) === undefined)
      if (missing.length > 0) void ask(set, missing)
    }
  }

  async function ask(set: string, samples: number[]): Promise<void> {
    const request: Request = { settings: set, samples, task: taskId() }
    underWay.value = request
    progress.value = null
    try {
      const answers = await fetch(samples, request.task)
      answers.forEach((answer, k) => kept.set(keyOf(set, samples[k]!), answer))
      for (const key of [...kept.keys()].slice(0, Math.max(0, kept.size - KEPT))) kept.delete(key)
      arrivals.value += 1
      if (underWay.value !== request) return
      underWay.value = null
      ensure()
    } catch (thrown) {
      if (underWay.value !== request) return
      underWay.value = null
      const isLookedAt = settings() === set && samples.includes(sample() ?? -1)
      // Of those that were to come nothing is said: they are asked for again when they are looked at.
      if (isLookedAt) error.value = toWireError(thrown)
    }
  }

  function restart(): void {
    error.value = null
    ensure()
  }
  watch([settings, sample], restart, { immediate: true })
  const leave = client.onEvent((event) => {
    if (event.type === 'inspection.progress' && event.task === underWay.value?.task) {
      progress.value = { done: event.done, total: event.total }
    }
  })
  onScopeDispose(() => {
    cancel()
    leave()
  })

  return {
    value: computed(() => {
      void arrivals.value
      const set = settings()
      const index = sample()
      return set === null || index === null ? null : (find(set, index) ?? null)
    }),
    error,
    isLoading: computed(() => underWay.value?.samples.includes(sample() ?? -1) ?? false),
    progress,
    retry: restart,
  }
}
