import { h } from 'vue'
import { RunStatus } from '../../../src-shared/model/run-record.js'
import StatusWord from '../../src/ui/StatusWord.vue'
import { shown, type GalleryEntry } from '../page/entry.js'

export const entry: GalleryEntry = {
  states: [
    ...RunStatus.options.map((status) => shown(status, () => h(StatusWord, { status }))),
    shown('paused', () => h(StatusWord, { status: 'running', isPaused: true })),
  ],
}
