import { h } from 'vue'
import RunSwatch from '../../../src/ui/chart/RunSwatch.vue'
import { runLooks } from '../../../../src-shared/chart/run-looks.js'
import { shown, type GalleryEntry } from '../../page/entry.js'

const looks = runLooks(
  Array.from({ length: 16 }, (_, index) => `20260131-1425${String(index).padStart(2, '0')}-k3x9ab`),
)

export const entry: GalleryEntry = {
  states: [shown('Sixteen runs', () => [...looks.values()].map((look) => h(RunSwatch, { look })))],
}
