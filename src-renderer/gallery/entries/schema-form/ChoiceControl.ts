import { h, shallowRef } from 'vue'
import type { JsonValue } from '../../../../src-shared/model/json.js'
import ChoiceControl from '../../../src/ui/schema-form/ChoiceControl.vue'
import { LONG, live, type GalleryEntry, type GalleryState } from '../../page/entry.js'
import { labelled } from '../../samples/labelled.js'

const choice = (title: string, id: string, options: string[], isWrong = false): GalleryState =>
  live(title, () => {
    const value = shallowRef<JsonValue>(isWrong ? 'unknown' : options[0]!)
    const onChange = (next: JsonValue): void => void (value.value = next)
    return () =>
      labelled(id, (describedBy) =>
        h(ChoiceControl, { id, options, value: value.value, isWrong, describedBy, onChange }),
      )
  })

export const entry: GalleryEntry = {
  states: [
    choice('Few and short', 'choice-short', ['on', 'off']),
    choice('Many', 'choice-many', ['random', 'top-left', 'top-right', 'bottom-left', 'bottom-right', 'center']),
    choice('None of those that are allowed', 'choice-wrong', ['random', 'top-left', 'top-right', 'center'], true),
    choice('Long', 'choice-long', ['short', LONG]),
  ],
}
