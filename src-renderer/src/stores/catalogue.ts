import { defineStore } from 'pinia'
import { computed } from 'vue'
import type { PluginKind, PluginManifest } from '../../../src-shared/model/plugin-manifest.js'
import { useLoaded } from './loaded.js'
import { useAppClient } from './app-client.js'

/** What methods and ready experiments there are. */
export const useCatalogueStore = defineStore('catalogue', () => {
  const client = useAppClient()
  const { value, error, isLoading, load } = useLoaded(() => client.call('catalogue.list', {}))

  return {
    catalogue: value,
    error,
    isLoading,
    load,
    plugins: computed(() => value.value?.plugins ?? []),
    experiments: computed(() => value.value?.experiments ?? []),
    ofKind: (kind: PluginKind): PluginManifest[] => (value.value?.plugins ?? []).filter((each) => each.kind === kind),
  }
})
