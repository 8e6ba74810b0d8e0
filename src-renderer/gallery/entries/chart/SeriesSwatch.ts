import { h } from 'vue'
import SeriesSwatch from '../../../src/ui/chart/SeriesSwatch.vue'
import { shown, type GalleryEntry } from '../../page/entry.js'
import { attack, clean, manyPoints, recovered } from '../../samples/chart.js'

export const entry: GalleryEntry = {
  states: [clean, attack, recovered, manyPoints('grey', 2, 'text')].map((series) =>
    shown(series.label, () => h(SeriesSwatch, { series })),
  ),
}
