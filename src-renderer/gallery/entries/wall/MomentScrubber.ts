import { h, ref } from 'vue'
import MomentScrubber from '../../../src/ui/wall/MomentScrubber.vue'
import type { AnswerCounts } from '../../../src/ui/wall/answers.js'
import { LONG, live, type GalleryEntry, type GalleryState } from '../../page/entry.js'
import { counts } from '../../samples/wall.js'

const SPEEDS = [0.5, 1, 2, 4]
const STEP = 16

const scrubber = (title: string, of: readonly AnswerCounts[], isLive: boolean, words: string): GalleryState =>
  live(title, () => {
    const last = Math.max(0, of.length - 1)
    const index = ref(last)
    const speed = ref(1)
    const isPlaying = ref(false)
    const marks = of.flatMap((_, at) => (at % STEP === 0 ? [{ epoch: at / STEP, index: at }] : []))
    return () =>
      h(MomentScrubber, {
        counts: of,
        index: index.value,
        marks,
        labels: marks,
        words,
        valueText: `${title}: ${words}`,
        isPlaying: isPlaying.value,
        speed: speed.value,
        speeds: SPEEDS,
        isLive,
        isAtNewest: index.value === last,
        onShow: (at: number) => (index.value = at),
        onNewest: () => (index.value = last),
        onPlay: () => (isPlaying.value = !isPlaying.value),
        onSpeed: (to: number) => (speed.value = to),
      })
  })

export const entry: GalleryEntry = {
  states: [
    scrubber('After the run', counts, false, 'end of epoch 10'),
    scrubber('While it runs', counts.slice(0, 40), true, 'epoch 3, step 8 of 16'),
    scrubber('The first moment', counts.slice(0, 1), true, 'before the first step'),
    scrubber('No moment', [], true, ''),
    scrubber('Long text', counts, false, LONG),
  ],
}
