import { h, ref } from 'vue'
import ChartLegend from '../../../src/ui/chart/ChartLegend.vue'
import type { ChartSeries } from '../../../../src-shared/chart/chart-types.js'
import { LONG, live, type GalleryEntry, type GalleryState } from '../../page/entry.js'
import { attack, clean, recovered } from '../../samples/chart.js'

const legend = (state: string, series: readonly ChartSeries[], hiddenAtFirst: readonly string[]): GalleryState =>
  live(state, () => {
    const hidden = ref([...hiddenAtFirst])
    return () => h(ChartLegend, { series, hidden: hidden.value, onHide: (ids: string[]) => (hidden.value = ids) })
  })

export const entry: GalleryEntry = {
  states: [
    legend('All lines shown', [clean, attack, recovered], []),
    legend('One line hidden', [clean, attack, recovered], ['attack']),
    legend('Long text', [{ ...clean, label: LONG }, attack], []),
  ],
}
