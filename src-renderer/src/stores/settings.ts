import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { z } from 'zod'
import { ChartSettings, OwnChartSettings, plainChart } from '../ui/chart/view/chart-settings.js'

const KEY = 'unbackdoor.settings'

/** Every part falls back on its own, so that a change of one does not lose the others. */
const Saved = z.object({
  version: z.literal(1),
  theme: z.enum(['system', 'light', 'dark']).catch('system'),
  /** Whether the window may tell of the end of a run. */
  notifications: z.boolean().catch(true),
  charts: z
    .object({ all: ChartSettings, own: z.record(z.string(), OwnChartSettings) })
    .catch({ all: plainChart, own: {} }),
})
export type Theme = z.infer<typeof Saved>['theme']

/** What people set for this browser. It never leaves it. */
export const useSettingsStore = defineStore('settings', () => {
  const saved = read()
  const theme = ref(saved.theme)
  const notifications = ref(saved.notifications)
  /** How charts are looked at: all of them, and what one has of its own, by its id. */
  const charts = ref(saved.charts)
  const keep = (): void => {
    const settings: z.infer<typeof Saved> = {
      version: 1,
      theme: theme.value,
      notifications: notifications.value,
      charts: charts.value,
    }
    localStorage.setItem(KEY, JSON.stringify(settings))
  }
  watch([theme, notifications, charts], keep)
  return { theme, notifications, charts }
})

function read(): z.infer<typeof Saved> {
  try {
    return Saved.parse(JSON.parse(localStorage.getItem(KEY) ?? ''))
  } catch {
    // Nothing saved, or by another version: what the program comes with is as good a start as any.
    return Saved.parse({ version: 1 })
  }
}
