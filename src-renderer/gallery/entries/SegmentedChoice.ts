import { h, ref } from 'vue'
import SegmentedChoice from '../../src/ui/SegmentedChoice.vue'
import { LONG, live, type GalleryEntry, type GalleryState } from '../page/entry.js'

const choice = (title: string, options: readonly { id: string; title: string }[]): GalleryState =>
  live(title, () => {
    const chosen = ref(options[0]?.id ?? '')
    return () =>
      h(SegmentedChoice, {
        label: title,
        options,
        modelValue: chosen.value,
        'onUpdate:modelValue': (id: string) => void (chosen.value = id),
      })
  })

export const entry: GalleryEntry = {
  states: [
    choice('Two', [
      { id: 'victim', title: 'Victim' },
      { id: 'repaired', title: 'Repaired' },
    ]),
    choice('Three', [
      { id: 'clean', title: 'Clean' },
      { id: 'triggered', title: 'Triggered' },
      { id: 'recovered', title: 'Recovered trigger' },
    ]),
    choice('One', [{ id: 'clean', title: 'Clean' }]),
    choice('Long words', [
      { id: 'short', title: 'Short' },
      { id: 'long', title: LONG.slice(0, 60) },
    ]),
  ],
}
