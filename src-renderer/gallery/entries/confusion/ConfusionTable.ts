import { h, ref } from 'vue'
import ConfusionTable from '../../../src/ui/confusion/ConfusionTable.vue'
import type { ConfusionPair } from '../../../src/ui/confusion/confusion.js'
import { LONG, live, type GalleryEntry, type GalleryState } from '../../page/entry.js'
import { classNamesSample, confusionSample } from '../../samples/confusion.js'

const matrix = (state: string, classNames: readonly string[], flipped: number): GalleryState =>
  live(state, () => {
    const chosen = ref<ConfusionPair | null>({ trueClass: 1, answer: 0 })
    const confusion = confusionSample(classNames.length, flipped)
    return () =>
      h(ConfusionTable, {
        confusion,
        classNames,
        target: 0,
        chosen: chosen.value,
        label: state,
        onChoose: (pair: ConfusionPair) => void (chosen.value = pair),
      })
  })

export const entry: GalleryEntry = {
  states: [
    matrix('Ten classes, attacked', classNamesSample(10), 0.9),
    matrix('Ten classes, repaired', classNamesSample(10), 0),
    matrix('Two classes', ['cat', 'dog'], 0.2),
    matrix('Long names', [LONG.slice(0, 60), 'dog', 'horse'], 0.2),
  ],
}
