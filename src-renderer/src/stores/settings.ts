import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { z } from 'zod'

const KEY = 'unbackdoor.settings'
const Saved = z.object({ version: z.literal(1), theme: z.enum(['system', 'light', 'dark']) })
export type Theme = z.infer<typeof Saved>['theme']

/** What people set for this browser. It never leaves it. */
export const useSettingsStore = defineStore('settings', () => {
  const theme = ref<Theme>(read())
  watch(theme, (value) => localStorage.setItem(KEY, JSON.stringify({ version: 1, theme: value })))
  return { theme }
})

function read(): Theme {
  try {
    return Saved.parse(JSON.parse(localStorage.getItem(KEY) ?? '')).theme
  } catch {
    // Nothing saved, or by another version: the system's choice is as good a start as any.
    return 'system'
  }
}
