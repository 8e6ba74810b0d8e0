import { h } from 'vue'
import ProgressMeter from '../../src/ui/ProgressMeter.vue'
import { shown, type GalleryEntry } from '../page/entry.js'

export const entry: GalleryEntry = {
  states: [null, 0, 0.001, 0.5, 1].map((value) =>
    shown(value === null ? 'Not known' : `${100 * value} %`, () =>
      h(ProgressMeter, { value, label: 'Progress of the stage' }),
    ),
  ),
}
