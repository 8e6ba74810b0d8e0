import { shallowRef, type ShallowRef } from 'vue'
import type { WireError } from '../../../src-shared/contract/index.js'
import { toWireError } from './wire-error.js'

/** Something that comes from the application: not there yet, there, or refused. An old value stays during a reload. */
export interface Loaded<T> {
  readonly value: ShallowRef<T | null>
  readonly error: ShallowRef<WireError | null>
  readonly isLoading: ShallowRef<boolean>
  load(): Promise<void>
  /** Lets go of an answer that is on its way. */
  forget(): void
}

export function useLoaded<T>(fetch: () => Promise<T>): Loaded<T> {
  const value = shallowRef<T | null>(null)
  const error = shallowRef<WireError | null>(null)
  const isLoading = shallowRef(false)
  let latest = 0

  return {
    value,
    error,
    isLoading,
    async load() {
      const mine = ++latest
      isLoading.value = true
      try {
        const fetched = await fetch()
        if (mine !== latest) return
        value.value = fetched
        error.value = null
      } catch (thrown) {
        if (mine === latest) error.value = toWireError(thrown)
      } finally {
        if (mine === latest) isLoading.value = false
      }
    },
    forget() {
      latest++
      isLoading.value = false
    },
  }
}
