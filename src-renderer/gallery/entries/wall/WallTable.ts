import { h } from 'vue'
import WallTable from '../../../src/ui/wall/WallTable.vue'
import { LONG, shown, type GalleryEntry } from '../../page/entry.js'
import { after, notAsked } from '../../samples/wall.js'

export const entry: GalleryEntry = {
  states: [
    shown('After', () => h(WallTable, { answers: after, className: String, moment: 'end of epoch 10' })),
    shown('Nobody has asked yet', () =>
      h(WallTable, { answers: notAsked.slice(0, 3), className: String, moment: 'before the first step' }),
    ),
    shown('Long names', () =>
      h(WallTable, { answers: after.slice(0, 3), className: () => LONG, moment: 'end of epoch 10' }),
    ),
    shown('No images', () => h(WallTable, { answers: [], className: String, moment: 'end of epoch 10' })),
  ],
}
