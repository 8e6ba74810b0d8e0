import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'
import { TaskId } from '../../../src-shared/model/inspection.js'
import type { AppClient } from '../client/create-app-client.js'
import { useLoaded, type Loaded } from './loaded.js'

export interface TaskProgress {
  readonly done: number
  readonly total: number
}

/** Something that takes longer: it tells how far it is, and ends when it is not wanted any more. */
export interface Task<T> extends Loaded<T> {
  readonly progress: ShallowRef<TaskProgress | null>
  /** Forgets the answer that is on its way, and lets the engine stop working on it. */
  cancel(): void
}

/**
 * Loading anew cancels what is under way, and so does the end of whoever uses it. The client is given, because tasks are
 * also made later, where nothing can be injected.
 */
export function useTask<T>(client: AppClient, fetch: (task: TaskId) => Promise<T>): Task<T> {
  const progress = shallowRef<TaskProgress | null>(null)
  let underWay: TaskId | null = null

  const loaded = useLoaded(async () => {
    const mine = taskId()
    underWay = mine
    progress.value = null
    try {
      return await fetch(mine)
    } finally {
      if (underWay === mine) underWay = null
    }
  })
  const leave = client.onEvent((event) => {
    if (event.type === 'inspection.progress' && event.task === underWay) {
      progress.value = { done: event.done, total: event.total }
    }
  })

  function stop(): void {
    // Whether it was still there to be cancelled does not matter to anybody.
    if (underWay !== null) client.call('inspection.cancel', { task: underWay }).catch(() => undefined)
    underWay = null
  }
  onScopeDispose(() => {
    stop()
    leave()
  })

  return {
    ...loaded,
    progress,
    load() {
      stop()
      return loaded.load()
    },
    cancel() {
      stop()
      loaded.forget()
    },
  }
}

/** Pages that look at the same application do not meet in one id. */
const page = Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, '0')).join(
  '',
)
let made = 0

export function taskId(): TaskId {
  return TaskId.parse(`${page}-${++made}`)
}
