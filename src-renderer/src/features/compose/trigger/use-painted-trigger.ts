import { computed } from 'vue'
import type { JsonObject, JsonValue } from '../../../../../src-shared/model/json.js'
import type { PluginManifest } from '../../../../../src-shared/model/plugin-manifest.js'
import { markOfPicture } from '../../../../../src-shared/trigger/mark.js'
import type { TriggerImage } from '../../../files/trigger-image.js'
import { fieldSpecs, type FieldSpec, type SpecialSpec } from '../../../schema/field-spec.js'
import { mergeValues, valuesAt } from '../../../schema/values.js'
import { baseParams, type DraftChoice } from '../../../stores/draft-model.js'
import { ownTopic } from '../../../stores/history.js'
import { withGroupValues } from '../../../stores/picture-trigger.js'
import { blankPatch, paramsOf, patchInParams, patchOf, pixelsOf, resized, type Cell, type Patch } from './patch.js'
import { clamped, placeIn } from './place.js'
import type { LivePreview } from './use-trigger-preview.js'

interface Edited {
  readonly choice: DraftChoice
  readonly manifest: PluginManifest
  /** Keys of the trigger's group inside the parameters. */
  readonly group: readonly string[]
}

/** The trigger of the draft as something to paint on; every change goes back into the draft. */
export function usePaintedTrigger(
  edited: () => Edited,
  preview: LivePreview,
  change: (topic: string, choice: DraftChoice) => void,
) {
  const base = computed(() => valuesAt(baseParams(edited().manifest, edited().choice.preset), edited().group))
  const values = computed(() => mergeValues(base.value, valuesAt(edited().choice.params, edited().group)))
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
  /** The trigger as it is: of patterns that are not painted as the engine drew it, half transparent pixels and all. */
  const picture = computed(() => (own.value === null ? preview.shown.value?.trigger : null) ?? pixelsOf(patch.value))
  const mark = computed(() => {
    const { height, width, values } = picture.value
    return markOfPicture(height, width, channels.value, values)
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
    const params = withGroupValues(choice.params, group, base.value, entries)
    change(topic, { ...choice, params })
  }

  /** An exact place moves with a patch that would not fit there any more. */
  function setPatch(topic: string, next: Patch): void {
    const place = placeIn(values.value['position'])
    const image = sample.value
    const moved = place === null || image === null ? {} : { position: { ...clamped(place, next, image) } }
    set(topic, { pattern: 'painted', painted: paramsOf(next), ...moved })
  }

  /** As large as it is. */
  function setPicture(image: TriggerImage): void {
    set(ownTopic('trigger.picture'), { pattern: 'image', image, size: Math.max(image.height, image.width) })
  }

  return {
    patch,
    mark,
    picture,
    channels,
    largest,
    opacity,
    position: computed(() => values.value['position']),
    positionSpec: computed(() => specAt(fieldSpecs(edited().manifest.paramsSchema), [...edited().group, 'position'])),
    paint: (next: Patch) => setPatch(ownTopic('trigger.paint'), next),
    resize: (height: number, width: number) => setPatch('trigger.size', resized(patch.value, height, width)),
    setPicture,
    clear: () => setPatch(ownTopic('trigger.clear'), blankPatch(patch.value.height, patch.value.width, channels.value)),
    setPosition: (topic: string, position: JsonValue) => set(topic, { position }),
    placeAt: (topic: string, { row, column }: Cell) => set(topic, { position: { row, column } }),
  }
}

function specAt(fields: readonly FieldSpec[], [key, ...rest]: readonly string[]): SpecialSpec | null {
  const field = fields.find((each) => each.key === key)
  if (field?.kind === 'group') return specAt(field.fields, rest)
  return field?.kind === 'special' ? field : null
}
