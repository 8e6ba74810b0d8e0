import type { JsonObject } from '../../../src-shared/model/json.js'
import type { PluginManifest } from '../../../src-shared/model/plugin-manifest.js'
import type { TriggerImage } from '../files/trigger-image.js'
import { fieldSpecs, type FieldSpec } from '../schema/field-spec.js'
import { mergeValues, sameJson, valuesAt, withValue } from '../schema/values.js'
import { baseParams, type DraftChoice } from './draft-model.js'

/** The name under which a schema asks for a picture as trigger. */
const CONTROL = 'trigger-image'
const PATTERN = 'image'
/** A picture in the way of recognising anything is no small trigger, so it begins no larger than this; in pixels. */
const LARGEST_AT_FIRST = 8

/** Keys of the group in which a method takes a picture as its trigger; null if it takes none. */
export function pictureGroup({ paramsSchema }: Pick<PluginManifest, 'paramsSchema'>): readonly string[] | null {
  return groupWith(fieldSpecs(paramsSchema))
}

/** The attack with this picture as its trigger. A size that was chosen for a picture before stays. */
export function withPicture(
  choice: DraftChoice,
  manifest: PluginManifest,
  group: readonly string[],
  image: TriggerImage,
): DraftChoice {
  const base = valuesAt(baseParams(manifest, choice.preset), group)
  const present = mergeValues(base, valuesAt(choice.params, group))
  const size = Math.min(LARGEST_AT_FIRST, Math.max(image.height, image.width))
  // A picture that is blended in everywhere has no size of its own.
  const isSized = base['size'] !== undefined && present['pattern'] !== PATTERN
  const entries: JsonObject = { pattern: PATTERN, image, ...(isSized ? { size } : {}) }
  return { ...choice, params: withGroupValues(choice.params, group, base, entries) }
}

/** Sets entries of a group; what only repeats the base is left out. */
export function withGroupValues(
  params: JsonObject,
  group: readonly string[],
  base: JsonObject,
  entries: JsonObject,
): JsonObject {
  return Object.entries(entries).reduce(
    (sum, [key, value]) => withValue(sum, [...group, key], sameJson(value, base[key]) ? undefined : value),
    params,
  )
}

function groupWith(fields: readonly FieldSpec[]): readonly string[] | null {
  for (const field of fields) {
    if (field.kind === 'special' && field.control === CONTROL) return []
    const inner = field.kind === 'group' ? groupWith(field.fields) : null
    if (inner !== null) return [field.key, ...inner]
  }
  return null
}
