import { defineStore } from 'pinia'
import { computed } from 'vue'
import { useAppClient } from './app-client.js'
import { useLoaded } from './loaded.js'

/** The studies of the workspace, with how far each is. */
export const useStudiesStore = defineStore('studies', () => {
  const client = useAppClient()
  const { value, error, isLoading, load } = useLoaded(() => client.call('study.list', {}))

  return {
    list: value,
    studies: computed(() => value.value?.studies ?? []),
    unreadable: computed(() => value.value?.unreadable ?? []),
    error,
    isLoading,
    load,
  }
})
