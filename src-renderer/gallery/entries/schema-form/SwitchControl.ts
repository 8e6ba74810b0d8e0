import { h, shallowRef } from 'vue'
import type { JsonValue } from '../../../../src-shared/model/json.js'
import SwitchControl from '../../../src/ui/schema-form/SwitchControl.vue'
import { live, type GalleryEntry, type GalleryState } from '../../page/entry.js'
import { labelled } from '../../samples/labelled.js'

const toggle = (title: string, id: string, start: JsonValue, isWrong = false): GalleryState =>
  live(title, () => {
    const value = shallowRef<JsonValue>(start)
    const onChange = (next: JsonValue): void => void (value.value = next)
    return () =>
      labelled(id, (describedBy) => h(SwitchControl, { id, value: value.value, isWrong, describedBy, onChange }))
  })

export const entry: GalleryEntry = {
  states: [
    toggle('On', 'switch-on', true),
    toggle('Off', 'switch-off', false),
    toggle('Not a switch', 'switch-wrong', 'maybe', true),
  ],
}
