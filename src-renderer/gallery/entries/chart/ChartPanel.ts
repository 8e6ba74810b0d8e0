import { h } from 'vue'
import ChartPanel from '../../../src/ui/chart/ChartPanel.vue'
import type { ChartSeries } from '../../../../src-shared/chart/chart-types.js'
import { LONG, shown, type GalleryEntry, type GalleryState } from '../../page/entry.js'
import { attack, boundaries, clean, epochAxis, manyPoints, recovered, shareAxis, tableOf } from '../../samples/chart.js'

const panel = (state: string, title: string, series: readonly ChartSeries[]): GalleryState =>
  shown(state, () =>
    h('div', { class: 'gallery-chart' }, [
      h(ChartPanel, {
        title,
        emptyText: 'The figures appear here after the first epoch.',
        series,
        boundaries,
        x: epochAxis,
        y: shareAxis,
        table: () => tableOf(series),
      }),
    ]),
  )

export const entry: GalleryEntry = {
  states: [
    panel('Nothing measured yet', 'Accuracy and attack success', []),
    panel('Several lines', 'Accuracy and attack success of a run', [clean, attack, recovered]),
    panel('A single point', 'The first epoch', [{ ...clean, segments: [[{ x: 1, y: 0.4 }]] }]),
    panel('Long text', LONG, [{ ...clean, label: LONG }, attack]),
    panel('100,000 points', 'A very long run', [manyPoints('many', 100_000, 'clean')]),
  ],
}
