import { h, shallowRef } from 'vue'
import type { JsonValue } from '../../../../src-shared/model/json.js'
import type { NumberSpec } from '../../../src/schema/field-spec.js'
import NumberControl from '../../../src/ui/schema-form/NumberControl.vue'
import { live, type GalleryEntry, type GalleryState } from '../../page/entry.js'
import { bound, rate, size } from '../../samples/fields.js'
import { labelled } from '../../samples/labelled.js'

const number = (title: string, id: string, spec: NumberSpec, start: JsonValue, isWrong = false): GalleryState =>
  live(title, () => {
    const value = shallowRef<JsonValue>(start)
    const onChange = (next: JsonValue | undefined): void => void (value.value = next ?? spec.fallback)
    return () =>
      labelled(id, (describedBy) => h(NumberControl, { id, spec, value: value.value, isWrong, describedBy, onChange }))
  })

export const entry: GalleryEntry = {
  states: [
    number('A share', 'number-rate', rate, 0.05),
    number('With a unit', 'number-size', size, 3),
    number('None', 'number-none', bound, null),
    number('May be none', 'number-bound', bound, 5),
    number('Out of range', 'number-wrong', rate, 1.4, true),
    number('Not a number', 'number-text', size, 'three', true),
    number('Very many digits', 'number-digits', rate, 1.234567890123456e-9),
  ],
}
