import { h } from 'vue'
import ExportMenu from '../../../../src/ui/chart/export/ExportMenu.vue'
import { shown, type GalleryEntry } from '../../../page/entry.js'

const size = { width: 40, height: 20 }
const rows = (): readonly (readonly number[])[] => [[1, 2]]
const box = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="20" height="20"/></svg>'

export const entry: GalleryEntry = {
  states: [
    shown('Saves a picture', () => h(ExportMenu, { title: 'A box', picture: () => ({ svg: box, size }), rows })),
    shown('What cannot be made', () =>
      h(ExportMenu, {
        title: 'Nothing',
        picture: () => {
          throw new Error('There is nothing to save yet.')
        },
        rows,
      }),
    ),
  ],
}
