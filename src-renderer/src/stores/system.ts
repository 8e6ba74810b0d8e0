import { defineStore } from 'pinia'
import { computed } from 'vue'
import { useLoaded } from './loaded.js'
import { useAppClient } from './app-client.js'

/** What the program stands on. */
export const useSystemStore = defineStore('system', () => {
  const client = useAppClient()
  const { value, error, isLoading, load } = useLoaded(() => client.call('system.report', {}))

  const engineText = computed(() => {
    const engine = value.value?.engine
    if (engine === undefined) return null
    if (engine.backend === 'javascript') return 'Plain JavaScript'
    const device = engine.variant === 'gpu' ? (engine.devices[0] ?? 'GPU') : 'CPU'
    return `TensorFlow ${engine.tensorflowVersion ?? ''} on ${device}, ${engine.threads} threads`
  })

  const isWatching = computed(() => value.value?.access === 'watch')

  return {
    report: value,
    error,
    isLoading,
    load,
    engineText,
    /** Whether this page was let in to look, and to change nothing. */
    isWatching,
    /** Why nothing can be changed here; null where it can. */
    whyNot: computed(() =>
      isWatching.value ? 'This page was opened by a link to watch, so it can change nothing.' : null,
    ),
    isSlow: computed(() => value.value?.engine.backend === 'javascript'),
  }
})
