import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { ConnectionState } from '../client/create-app-client.js'
import { useAppClient } from './app-client.js'

const words = { connecting: 'Connecting', open: 'Connected', closed: 'Not connected' } as const

/** How the wire to the application is doing, in words. */
export const useConnectionStore = defineStore('connection', () => {
  const client = useAppClient()
  const state = shallowRef<ConnectionState>({ kind: 'connecting', reason: null })
  client.onState((next) => {
    state.value = next
  })
  return {
    state,
    text: computed(() => words[state.value.kind]),
    /** Why it is not open, once something went wrong. */
    reason: computed(() => (state.value.kind === 'open' ? null : state.value.reason)),
  }
})
