import { h, ref } from 'vue'
import ConfusionCanvas from '../../../src/ui/confusion/ConfusionCanvas.vue'
import type { ConfusionPair } from '../../../src/ui/confusion/confusion.js'
import { LONG, live, type GalleryEntry, type GalleryState } from '../../page/entry.js'
import { classNamesSample, confusionSample } from '../../samples/confusion.js'

const matrix = (state: string, classNames: readonly string[], marked: ConfusionPair | null): GalleryState =>
  live(state, () => {
    const chosen = ref<ConfusionPair | null>(null)
    const confusion = confusionSample(classNames.length)
    return () =>
      h(ConfusionCanvas, {
        confusion,
        classNames,
        target: 0,
        chosen: chosen.value,
        marked,
        label: state,
        onChoose: (pair: ConfusionPair) => void (chosen.value = pair),
      })
  })

export const entry: GalleryEntry = {
  states: [
    matrix('A hundred classes', classNamesSample(100), null),
    matrix('A pair that is pointed at', classNamesSample(43), { trueClass: 30, answer: 31 }),
    matrix('Long names', [LONG, ...classNamesSample(29)], null),
  ],
}
