import { h } from 'vue'
import WallCounts from '../../../src/ui/wall/WallCounts.vue'
import { shown, type GalleryEntry } from '../../page/entry.js'
import { counts } from '../../samples/wall.js'

export const entry: GalleryEntry = {
  states: [
    shown('Before', () => h(WallCounts, { counts: counts[0]! })),
    shown('After', () => h(WallCounts, { counts: counts.at(-1)! })),
    shown('Nothing', () => h(WallCounts, { counts: { target: 0, true: 0, other: 0, total: 0 } })),
    shown('Very many', () =>
      h(WallCounts, { counts: { target: 1_234_567, true: 7_654_321, other: 1, total: 8_888_889 } }),
    ),
  ],
}
