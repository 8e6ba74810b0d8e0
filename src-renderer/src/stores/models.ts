import { defineStore } from 'pinia'
import { computed } from 'vue'
import { useAppClient } from './app-client.js'
import { useLoaded } from './loaded.js'

/** The imported models of the workspace. */
export const useModelsStore = defineStore('models', () => {
  const client = useAppClient()
  const { value, error, isLoading, load } = useLoaded(() => client.call('model.list', {}))

  return {
    list: value,
    models: computed(() => value.value?.models ?? []),
    unreadable: computed(() => value.value?.unreadable ?? []),
    error,
    isLoading,
    load,
    async remove(name: string): Promise<void> {
      await client.call('model.remove', { name })
      await load()
    },
  }
})
