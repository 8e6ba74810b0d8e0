import { h } from 'vue'
import WarningNotice from '../../src/ui/WarningNotice.vue'
import { LONG, shown, type GalleryEntry } from '../page/entry.js'

export const entry: GalleryEntry = {
  states: [
    shown('One line', () => h(WarningNotice, () => 'Plain JavaScript computes here, many times slower.')),
    shown('Long text', () => h(WarningNotice, () => h('p', LONG))),
  ],
}
