import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

/** Where one was last in a run that was looked into, to be led back there; null before the first. */
export const useInspectedPlaceStore = defineStore('inspected-place', () => {
  const address = shallowRef<string | null>(null)
  return { address }
})
