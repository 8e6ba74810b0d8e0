import { h } from 'vue'
import FactList from '../../src/ui/FactList.vue'
import { LONG, shown, type GalleryEntry } from '../page/entry.js'

export const entry: GalleryEntry = {
  states: [
    shown('A few facts', () =>
      h(FactList, {
        facts: [
          ['Engine', 'TensorFlow 2.18.1 on CPU, 2 threads'],
          ['Devices', 'CPU'],
        ],
      }),
    ),
    shown('Long text', () => h(FactList, { facts: [['Why this engine', LONG]] })),
    shown('Nothing known', () => h(FactList, { facts: [] })),
  ],
}
