import { h } from 'vue'
import HeatLegend from '../../../src/ui/heat/HeatLegend.vue'
import { shown, type GalleryEntry } from '../../page/entry.js'

export const entry: GalleryEntry = {
  states: [
    shown('Without a sign', () => h(HeatLegend, { title: 'Heat', scale: { palette: 'viridis', max: 0.8213 } })),
    shown('Around zero', () => h(HeatLegend, { title: 'Difference', scale: { palette: 'diverging', max: 0.00042 } })),
  ],
}
