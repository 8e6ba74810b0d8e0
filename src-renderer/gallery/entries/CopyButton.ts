import { h } from 'vue'
import CopyButton from '../../src/ui/CopyButton.vue'
import { shown, type GalleryEntry } from '../page/entry.js'

export const entry: GalleryEntry = {
  states: [
    shown('As usual', () => h(CopyButton, { label: 'Copy as JSON', text: () => '{}' })),
    shown('Nothing can be copied: press it', () =>
      h(CopyButton, { label: 'Copy the table', text: () => Promise.reject(new Error('The table is gone')) }),
    ),
  ],
}
