import { h, ref } from 'vue'
import TableToggle from '../../src/ui/TableToggle.vue'
import type { IconName } from '../../src/ui/icons.js'
import { live, type GalleryEntry, type GalleryState } from '../page/entry.js'

const toggle = (state: string, picture: string, icon: IconName, isTable: boolean): GalleryState =>
  live(state, () => {
    const shown = ref(isTable)
    return () =>
      h(TableToggle, {
        picture,
        icon,
        modelValue: shown.value,
        'onUpdate:modelValue': (value: boolean) => (shown.value = value),
      })
  })

export const entry: GalleryEntry = {
  states: [toggle('Over a chart', 'chart', 'chart', false), toggle('Over a table', 'images', 'eye', true)],
}
