import { computed, type ComputedRef } from 'vue'
import { useSettingsStore } from '../stores/settings.js'
import type { ChartSettings } from '../ui/chart/view/chart-settings.js'

export interface ChartSettingsHandle {
  readonly settings: ComputedRef<ChartSettings>
  /** For this chart alone. */
  change(part: Partial<ChartSettings>): void
  /** Gives all charts what this one has. Which lines are hidden stays each chart's own. */
  applyToAll(): void
  /** Whether this chart differs from the others. */
  readonly isOwn: ComputedRef<boolean>
}

/** How one chart is looked at, remembered by its id. */
export function useChartSettings(chartId: () => string): ChartSettingsHandle {
  const store = useSettingsStore()
  const own = computed(() => store.charts.own[chartId()] ?? {})
  const settings = computed(() => ({ ...store.charts.all, ...own.value }))
  return {
    settings,
    change(part) {
      const { all, own: others } = store.charts
      store.charts = { all, own: { ...others, [chartId()]: { ...own.value, ...part } } }
    },
    applyToAll() {
      const { hidden: _own, ...shared } = settings.value
      const hiddenOnly = Object.entries(store.charts.own).flatMap(([id, { hidden }]) =>
        hidden === undefined ? [] : [[id, { hidden }] as const],
      )
      store.charts = { all: { ...shared, hidden: [] }, own: Object.fromEntries(hiddenOnly) }
    },
    isOwn: computed(() => Object.keys(own.value).some((name) => name !== 'hidden')),
  }
}
