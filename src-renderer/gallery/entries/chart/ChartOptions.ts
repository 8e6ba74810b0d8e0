import { h, ref } from 'vue'
import ChartOptions from '../../../src/ui/chart/ChartOptions.vue'
import { X_KINDS, type XKind } from '../../../../src-shared/chart/chart-types.js'
import { plainChart } from '../../../src/ui/chart/view/chart-settings.js'
import { live, type GalleryEntry, type GalleryState } from '../../page/entry.js'

const options = (state: string, xKinds: readonly XKind[], smoothing: number): GalleryState =>
  live(state, () => {
    const settings = ref({ ...plainChart, smoothing })
    return () =>
      h(ChartOptions, {
        title: 'Loss',
        settings: settings.value,
        xKinds,
        onChange: (part) => (settings.value = { ...settings.value, ...part }),
      })
  })

export const entry: GalleryEntry = {
  states: [options('Of a run', X_KINDS, 0.6), options('With one axis only', [], 0)],
}
