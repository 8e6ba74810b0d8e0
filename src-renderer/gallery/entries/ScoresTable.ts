import { h } from 'vue'
import ScoresTable from '../../src/ui/ScoresTable.vue'
import { recording } from '../recorded/load-recording.js'
import { LONG, shown, type GalleryEntry } from '../page/entry.js'

const summary = recording.record.summary!
const { before } = summary
const { after } = summary.defenses[0]!
const withoutAttack = { cleanAccuracy: 0.98, attackSuccessRate: null, robustAccuracy: null, baseRate: null }

export const entry: GalleryEntry = {
  states: [
    shown('Repaired', () => h(ScoresTable, { before, after, caption: 'Figures before and after' })),
    shown('Before the defense is done', () => h(ScoresTable, { before, after: null, caption: 'Figures so far' })),
    shown('Nothing measured', () => h(ScoresTable, { before: null, after: null, caption: 'No figures yet' })),
    shown('Without an attack', () =>
      h(ScoresTable, { before: withoutAttack, after: withoutAttack, caption: 'Figures of a clean model' }),
    ),
    shown('Made worse, at the limits', () =>
      h(ScoresTable, {
        before: { cleanAccuracy: 1, attackSuccessRate: 0, robustAccuracy: 1, baseRate: 0 },
        after: { cleanAccuracy: 0, attackSuccessRate: 1, robustAccuracy: 0, baseRate: 1 },
        caption: LONG,
      }),
    ),
  ],
}
