import { h, onBeforeUnmount, ref } from 'vue'
import MetricChart from '../../../src/ui/chart/MetricChart.vue'
import type { ChartSeries } from '../../../../src-shared/chart/chart-types.js'
import { live, shown, type GalleryEntry, type GalleryState } from '../../page/entry.js'
import { attack, boundaries, clean, epochAxis, recovered, shareAxis } from '../../samples/chart.js'

const FRAME_MS = 100

const chart = (label: string, series: readonly ChartSeries[]) =>
  h('div', { class: 'gallery-chart' }, [
    h(MetricChart, { label, input: { series, boundaries, x: epochAxis, y: shareAxis } }),
  ])

const still = (title: string, series: readonly ChartSeries[]): GalleryState => shown(title, () => chart(title, series))

/** Points come as they do from a run. */
const growing = live('Growing', () => {
  const length = ref(1)
  const timer = setInterval(() => (length.value = (length.value % 20) + 1), FRAME_MS)
  onBeforeUnmount(() => clearInterval(timer))
  return () => chart('Growing', [{ ...clean, segments: clean.segments.map((points) => points.slice(0, length.value)) }])
})

export const entry: GalleryEntry = {
  states: [
    still('Lines with gaps, boundaries and a cursor', [clean, attack, recovered]),
    still('Empty', []),
    still('At the limits', [
      {
        ...clean,
        segments: [
          [
            { x: 0, y: 0 },
            { x: 10, y: 1 },
            { x: 20, y: 0 },
          ],
        ],
      },
    ]),
    growing,
  ],
}
