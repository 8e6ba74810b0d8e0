import { h } from 'vue'
import type { JsonObject } from '../../../../src-shared/model/json.js'
import type { GroupSpec } from '../../../src/schema/field-spec.js'
import SchemaGroup from '../../../src/ui/schema-form/SchemaGroup.vue'
import { LONG, shown, type GalleryEntry, type GalleryState } from '../../page/entry.js'
import { group, size } from '../../samples/fields.js'

const long: GroupSpec = {
  ...group,
  fields: Array.from({ length: 12 }, (_, index) => ({ ...size, key: `size${index}` })),
}

const state = (title: string, spec: GroupSpec, values: JsonObject, errors: Record<string, string> = {}): GalleryState =>
  shown(title, () =>
    h(SchemaGroup, { spec, base: {}, values, errors, path: 'group' }, () => h('p', 'The fields of the group.')),
  )

export const entry: GalleryEntry = {
  states: [
    state('Short: open', group, {}),
    state('Long: closed', long, {}),
    state('Long and changed: open', long, { size3: 5, size4: 6 }),
    state('Wrong: open', long, {}, { 'group.size0': 'is too large' }),
    state('Long text', { ...group, title: LONG, description: LONG }, { size: 900 }),
  ],
}
