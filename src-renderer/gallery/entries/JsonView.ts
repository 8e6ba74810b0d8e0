import { h } from 'vue'
import JsonView from '../../src/ui/JsonView.vue'
import { recording } from '../recorded/load-recording.js'
import { LONG, shown, type GalleryEntry } from '../page/entry.js'

export const entry: GalleryEntry = {
  states: [
    shown('An experiment', () => h(JsonView, { label: 'Settings', value: recording.record.experiment })),
    shown('Nothing', () => h(JsonView, { label: 'Nothing', value: {} })),
    shown('A long line', () => h(JsonView, { label: 'Long', value: { note: LONG.repeat(3) } })),
  ],
}
