import { h } from 'vue'
import CopyTable from '../../src/ui/CopyTable.vue'
import { shown, type GalleryEntry } from '../page/entry.js'

const table = { columns: ['Run', 'Attack success, %'], rows: [['BadNets & "friends"', '97.6 ± 0.4']] }

export const entry: GalleryEntry = {
  states: [shown('A table to copy', () => h('div', { class: 'gallery-menu' }, [h(CopyTable, { table: () => table })]))],
}
