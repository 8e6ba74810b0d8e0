import { h, ref } from 'vue'
import WallGrid from '../../../src/ui/wall/WallGrid.vue'
import type { Answer } from '../../../src/ui/wall/answers.js'
import { useSheet } from '../../../src/ui/wall/use-sheet.js'
import { LONG, live, type GalleryEntry, type GalleryState } from '../../page/entry.js'
import { after, before, columns, notAsked, sheetUrl } from '../../samples/wall.js'

interface Look {
  readonly url?: string | null
  readonly size?: number
  readonly className?: (index: number) => string
}

const wall = (title: string, answers: readonly Answer[], look: Look = {}): GalleryState =>
  live(title, () => {
    const { url = sheetUrl, size = 56, className = String } = look
    const { image } = useSheet(ref(url))
    return () => h(WallGrid, { sheet: image.value, columns, answers, className, size, label: `${title}: 96 images` })
  })

/** As it turns. */
const turning = live('Turning: press the button', () => {
  const { image } = useSheet(ref(sheetUrl))
  const isAfter = ref(false)
  return () => [
    h('button', { type: 'button', class: 'button', onClick: () => (isAfter.value = !isAfter.value) }, 'Turn'),
    h(WallGrid, {
      sheet: image.value,
      columns,
      answers: isAfter.value ? after : before,
      className: String,
      size: 28,
      label: 'Turning: 96 images',
    }),
  ]
})

export const entry: GalleryEntry = {
  states: [
    wall('Before', before),
    wall('After', after),
    turning,
    wall('Nobody has asked yet', notAsked),
    wall('Without its sheet', before, { url: null }),
    wall('Long names', before, { className: () => LONG }),
    wall('Very small', after, { size: 8 }),
    wall('No images', []),
  ],
}
