import { h } from 'vue'
import OracleTag from '../../src/ui/OracleTag.vue'
import { shown, type GalleryEntry } from '../page/entry.js'

export const entry: GalleryEntry = {
  states: [
    shown('As usual', () => h(OracleTag)),
    shown('With words of its own', () => h(OracleTag, { text: 'true target' })),
    shown('Within a sentence', () => h('p', ['The target class is 7 ', h(OracleTag), ' and the defense found 3.'])),
  ],
}
