import { h, shallowRef } from 'vue'
import type { JsonObject, JsonValue } from '../../../../src-shared/model/json.js'
import { fieldSpecs } from '../../../src/schema/field-spec.js'
import { defaultsOf, withValue } from '../../../src/schema/values.js'
import SchemaForm from '../../../src/ui/schema-form/SchemaForm.vue'
import { recording } from '../../recorded/load-recording.js'
import { live, type GalleryEntry, type GalleryState } from '../../page/entry.js'

/** The form of a method as the catalogue describes it. */
const form = (title: string, schema: JsonObject, start: JsonObject, errors: Record<string, string>): GalleryState =>
  live(title, () => {
    const fields = fieldSpecs(schema)
    const values = shallowRef<JsonObject>(start)
    return () =>
      h(SchemaForm, {
        fields,
        base: defaultsOf(fields),
        values: values.value,
        errors,
        path: title.replaceAll(' ', '-'),
        onChange: (path: string[], value: JsonValue | undefined) =>
          (values.value = withValue(values.value, path, value)),
      })
  })

const wrong = recording.catalogue.plugins[0]
const first = fieldSpecs(wrong?.paramsSchema ?? {})[0]

export const entry: GalleryEntry = {
  states: [
    form('No parameters', {}, {}, {}),
    form(
      'An error of the engine',
      wrong?.paramsSchema ?? {},
      {},
      {
        [`An-error-of-the-engine.${first?.key}`]: 'is more than there are',
      },
    ),
    ...recording.catalogue.plugins.map(({ kind, id, paramsSchema }) => form(`${kind} ${id}`, paramsSchema, {}, {})),
  ],
}
