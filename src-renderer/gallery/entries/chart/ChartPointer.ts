import { h, shallowRef } from 'vue'
import ChartPointer from '../../../src/ui/chart/ChartPointer.vue'
import type { ChartSeries } from '../../../../src-shared/chart/chart-types.js'
import type { Zoom } from '../../../src/ui/chart/view/view-chart.js'
import { live, type GalleryEntry, type GalleryState } from '../../page/entry.js'
import { attack, clean, epochAxis, shareAxis } from '../../samples/chart.js'

const plot = { left: 0, top: 0, width: 420, height: 120 }
const whole = { min: 0, max: 20 }

/** Point at it, drag over it, or walk it with the arrow keys: the crosshair reads off lines that are not drawn here. */
const pointer = (state: string, series: readonly ChartSeries[]): GalleryState =>
  live(state, () => {
    const zoom = shallowRef<Zoom>({ x: null, y: null })
    return () => {
      const input = {
        series,
        boundaries: [],
        x: { ...epochAxis, ...zoom.value.x },
        y: { ...shareAxis, ...zoom.value.y },
      }
      return h('div', { class: 'gallery-plot panel' }, [
        h(ChartPointer, {
          title: state,
          input,
          plot,
          whole,
          isZoomed: zoom.value.x !== null,
          onZoom: (part: Zoom) => (zoom.value = part),
          onReset: () => (zoom.value = { x: null, y: null }),
        }),
      ])
    }
  })

export const entry: GalleryEntry = {
  states: [pointer('Over two lines', [clean, attack]), pointer('Over nothing', [])],
}
