import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

/** The place that is pointed at in one chart and marked in all. */
export interface Crosshair {
  /** Title of the axis that `x` is a place on: charts with the same axis share it. */
  readonly axis: string
  readonly x: number
  /** When it was, for charts with another axis of the same run; null where that is not known. */
  readonly timeMs: number | null
}

export const useCrosshairStore = defineStore('crosshair', () => ({ at: shallowRef<Crosshair | null>(null) }))
