import { h, shallowRef } from 'vue'
import type { JsonValue } from '../../../../src-shared/model/json.js'
import TextControl from '../../../src/ui/schema-form/TextControl.vue'
import { LONG, live, type GalleryEntry, type GalleryState } from '../../page/entry.js'
import { labelled } from '../../samples/labelled.js'

const text = (title: string, id: string, isJson: boolean, start: JsonValue, isWrong = false): GalleryState =>
  live(title, () => {
    const value = shallowRef<JsonValue>(start)
    const onChange = (next: JsonValue): void => void (value.value = next)
    return () =>
      labelled(id, (describedBy) => h(TextControl, { id, isJson, value: value.value, isWrong, describedBy, onChange }))
  })

export const entry: GalleryEntry = {
  states: [
    text('Words', 'text-words', false, 'A first look'),
    text('Empty', 'text-empty', false, ''),
    text('JSON', 'text-json', true, { layers: [16, 32] }),
    text('Not JSON yet', 'text-wrong', true, '[16, ', true),
    text('Long', 'text-long', false, LONG),
  ],
}
