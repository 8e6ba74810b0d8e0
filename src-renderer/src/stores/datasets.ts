import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { DatasetName, DatasetState } from '../../../src-shared/model/dataset.js'
import { useAppClient } from './app-client.js'
import { useLoaded } from './loaded.js'

const LOOK_EVERY_MS = 500

/** Which datasets are on the machine. While one is being got, the application is asked how far it is. */
export const useDatasetsStore = defineStore('datasets', () => {
  const client = useAppClient()
  const { value, error, isLoading, load: ask } = useLoaded(() => client.call('dataset.list', {}))
  let timer: ReturnType<typeof setTimeout> | undefined

  async function load(): Promise<void> {
    clearTimeout(timer)
    await ask()
    const isBusy = value.value?.datasets.some(({ activity }) => activity !== null) ?? false
    if (isBusy && error.value === null) timer = setTimeout(() => void load(), LOOK_EVERY_MS)
  }

  const datasets = computed(() => value.value?.datasets ?? [])
  return {
    list: value,
    datasets,
    error,
    isLoading,
    load,
    of: (id: string): DatasetState[] => datasets.value.filter((state) => state.id === id),
    async download(id: string): Promise<void> {
      await client.call('dataset.download', { id })
      await load()
    },
    async cancel(id: string, name: DatasetName | null): Promise<void> {
      await client.call('dataset.cancel', { id, name })
      await load()
    },
  }
})
