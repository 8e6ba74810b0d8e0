import { h } from 'vue'
import { CellStatus } from '../../../src-shared/model/study.js'
import StatusWord from '../../src/ui/StatusWord.vue'
import { shown, type GalleryEntry } from '../page/entry.js'

export const entry: GalleryEntry = {
  states: [
    ...CellStatus.options.map((status) => shown(status, () => h(StatusWord, { status }))),
    shown('a count', () => h(StatusWord, { status: 'failed', count: 12 })),
    shown('paused', () => h(StatusWord, { status: 'running', isPaused: true })),
  ],
}
