import { computed } from 'vue'
import type { JsonObject, JsonValue } from '../../../../../src-shared/model/json.js'
import type { PluginManifest } from '../../../../../src-shared/model/plugin-manifest.js'
import { markOfPicture } from '../../../../../src-shared/trigger/mark.js'
import { fieldSpecs, type FieldSpec, type SpecialSpec } from '../../../schema/field-spec.js'
import { isGroup, mergeValues, sameJson, withValue } from '../../../schema/values.js'
import { baseParams, type DraftChoice } from '../../../stores/draft-model.js'
import { blankPatch, markOf, paramsOf, patchInParams, patchOf, resized, type Cell, type Patch } from './patch.js'
import { clamped, placeIn } from './place.js'
import type { LivePreview } from './use-trigger-preview.js'

interface Edited {
  readonly choice: DraftChoice
  readonly manifest: PluginManifest
  /** Keys of the trigger's group inside the parameters. */
  readonly group: readonly string[]
}

let changes = 0

/** A topic of its own for what is to be undone by itself, however quickly it follows another. */
export function ownTopic(what: string): string {
  return `${what}.${++changes}`
}

/** The trigger of the draft as something to paint on; every change goes back into the draft. */
export function usePaintedTrigger(
  edited: () => Edited,
  preview: LivePreview,
  change: (topic: string, choice: DraftChoice) => void,
) {
  const base = computed(() => groupAt(baseParams(edited().manifest, edited().choice.preset), edited().group))
  const values = computed(() => mergeValues(base.value, groupAt(edited().choice.params, edited().group)))
  const sample = computed(() => preview.shown.value?.clean[0] ?? null)
  const channels = computed(() => sample.value?.channels ?? 1)

  const own = computed(() =>
    values.value['pattern'] === 'painted' ? patchInParams(values.value['painted'], channels.value) : null,
  )
  /** What is painted, or what another pattern looks like, so that one starts from there. */
  const patch = computed<Patch>(() => {
    if (own.value !== null) return own.value
    const { shown } = preview
    return shown.value === null ? blankPatch(3, 3, channels.value) : patchOf(shown.value.trigger, channels.value)
  })
  /** What lies on the images: of the other patterns as the engine drew it, half transparent pixels and all. */
  const mark = computed(() => {
    const picture = own.value === null ? (preview.shown.value?.trigger ?? null) : null
    return picture === null
      ? markOf(patch.value)
      : markOfPicture(picture.height, picture.width, channels.value, picture.values)
  })
  const largest = computed(() => ({
    height: Math.min(64, sample.value?.height ?? 64),
    width: Math.min(64, sample.value?.width ?? 64),
  }))
  const opacity = computed(() => {
    const value = values.value['opacity']
    return typeof value === 'number' && value >= 0 && value <= 1 ? value : 1
  })

  function set(topic: string, entries: JsonObject): void {
    const { choice, group } = edited()
    const params = Object.entries(entries).reduce(
      (sum, [key, value]) => withValue(sum, [...group, key], sameJson(value, base.value[key]) ? undefined : value),
      choice.params,
    )
    change(topic, { ...choice, params })
  }

  /** An exact place moves with a patch that would not fit there any more. */
  function setPatch(topic: string, next: Patch): void {
    const place = placeIn(values.value['position'])
    const image = sample.value
    const moved = place === null || image === null ? {} : { position: { ...clamped(place, next, image) } }
    set(topic, { pattern: 'painted', painted: paramsOf(next), ...moved })
  }

  return {
    patch,
    mark,
    channels,
    largest,
    opacity,
    position: computed(() => values.value['position']),
    positionSpec: computed(() => specAt(fieldSpecs(edited().manifest.paramsSchema), [...edited().group, 'position'])),
    paint: (next: Patch) => setPatch(ownTopic('trigger.paint'), next),
    resize: (height: number, width: number) => setPatch('trigger.size', resized(patch.value, height, width)),
    clear: () => setPatch(ownTopic('trigger.clear'), blankPatch(patch.value.height, patch.value.width, channels.value)),
    setPosition: (topic: string, position: JsonValue) => set(topic, { position }),
    placeAt: (topic: string, { row, column }: Cell) => set(topic, { position: { row, column } }),
  }
}

function groupAt(params: JsonObject, path: readonly string[]): JsonObject {
  let group = params
  for (const key of path) {
    const inner = group[key]
    group = isGroup(inner) ? inner : {}
  }
  return group
}

function specAt(fields: readonly FieldSpec[], [key, ...rest]: readonly string[]): SpecialSpec | null {
  const field = fields.find((each) => each.key === key)
  if (field?.kind === 'group') return specAt(field.fields, rest)
  return field?.kind === 'special' ? field : null
}
