import { h, ref } from 'vue'
import WallTile from '../../../src/ui/wall/WallTile.vue'
import { answerLooks, type AnswerKind } from '../../../src/ui/wall/answers.js'
import { useSheet } from '../../../src/ui/wall/use-sheet.js'
import { LONG, live, type GalleryEntry, type GalleryState } from '../../page/entry.js'
import { sheetUrl } from '../../samples/wall.js'

const SIDE = 28
/** What the grid around a tile says of its size. */
const look = { width: '88px', '--columns': 1, '--image-width': '84px', '--image-height': '84px' }

const tile = (title: string, kind: AnswerKind, answer: string, confidence: number, hasSheet = true): GalleryState =>
  live(title, () => {
    const { image } = useSheet(ref(hasSheet ? sheetUrl : null))
    return () =>
      h('div', { style: look, role: 'img', 'aria-label': title }, [
        h(WallTile, {
          sheet: image.value,
          left: 0,
          top: 0,
          width: SIDE,
          height: SIDE,
          kind,
          answer,
          trueClass: '3',
          confidence,
          hint: title,
        }),
      ])
  })

export const entry: GalleryEntry = {
  states: [
    ...(Object.keys(answerLooks) as AnswerKind[]).map((kind) => tile(kind, kind, kind === 'unknown' ? '' : '7', 0.8)),
    tile('Quite sure', 'target', '0', 1),
    tile('Not sure at all', 'other', '5', 0),
    tile('A long name', 'true', LONG, 0.5),
    tile('Without its image', 'true', '3', 0.9, false),
  ],
}
