import { h, shallowRef } from 'vue'
import type { JsonValue } from '../../../../src-shared/model/json.js'
import type { LeafSpec } from '../../../src/schema/field-spec.js'
import SchemaField from '../../../src/ui/schema-form/SchemaField.vue'
import { LONG, live, type GalleryEntry, type GalleryState } from '../../page/entry.js'
import { bound, place, rate, size, toggle, words } from '../../samples/fields.js'

interface Start {
  readonly base?: JsonValue
  readonly value?: JsonValue
  readonly error?: string
}

const field = (title: string, spec: LeafSpec, { base = spec.fallback, value, error }: Start = {}): GalleryState =>
  live(title, () => {
    const present = shallowRef<JsonValue | undefined>(value)
    return () =>
      h(SchemaField, {
        spec,
        base,
        value: present.value,
        error: error ?? null,
        path: title.toLowerCase().replaceAll(' ', '-'),
        onChange: (next: JsonValue | undefined) => (present.value = next),
      })
  })

export const entry: GalleryEntry = {
  states: [
    field('At its default', rate),
    field('Changed', rate, { value: 0.1 }),
    field('Set by the preset', rate, { base: 0.2 }),
    field('Not allowed', rate, { value: 7 }),
    field('Refused by the engine', size, { value: 40, error: 'is larger than the image (28 x 28); at most 28' }),
    field('None', bound),
    field('A choice', place, { value: 'center' }),
    field('A switch', toggle, { value: true }),
    field('Unknown to the form', words),
    field('Long text', { ...rate, title: LONG, description: LONG.repeat(3) }, { value: 0.1, error: LONG }),
    field('Extreme', { ...size, maximum: null, fallback: 1 }, { value: 2 ** 53 - 1 }),
  ],
}
