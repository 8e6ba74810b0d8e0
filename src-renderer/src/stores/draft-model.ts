import { z } from 'zod'
import { DefenderConfig, TrainingConfig } from '../../../src-shared/model/experiment.js'
import type { ImportedModel } from '../../../src-shared/model/imported-model.js'
import { isGroup, JsonObject, JsonValue } from '../../../src-shared/model/json.js'
import type { ExperimentPreset, PluginKind, PluginManifest } from '../../../src-shared/model/plugin-manifest.js'
import { fieldSpecs, type FieldSpec } from '../schema/field-spec.js'
import { defaultsOf, differences, mergeValues } from '../schema/values.js'

/** A method with the parameters that differ from its preset, or from the defaults where there is none. */
export const DraftChoice = z.object({ id: z.string(), preset: z.string().optional(), params: JsonObject })
export type DraftChoice = z.infer<typeof DraftChoice>

/**
 * An experiment while it is being written. It may be wrong anywhere a person can be wrong, so values are plain JSON and
 * only the shape is fixed. Sparse: what is not written down comes from presets and defaults.
 */
export const Draft = z.object({
  name: z.string(),
  seed: JsonValue,
  dataset: DraftChoice,
  model: DraftChoice,
  attack: DraftChoice.nullable(),
  /** That was imported; without it one is trained. */
  victim: JsonObject.optional(),
  training: JsonObject,
  defender: JsonObject,
  defenses: z.array(DraftChoice),
})
export type Draft = z.infer<typeof Draft>

export const trainingFields: readonly FieldSpec[] = fieldsOf(TrainingConfig)
export const defenderFields: readonly FieldSpec[] = fieldsOf(DefenderConfig)

function fieldsOf(schema: z.ZodType): FieldSpec[] {
  return fieldSpecs(JsonObject.parse(z.toJSONSchema(schema, { io: 'input' })))
}

export function pluginOf(plugins: readonly PluginManifest[], kind: PluginKind, id: string): PluginManifest | null {
  return plugins.find((plugin) => plugin.kind === kind && plugin.id === id) ?? null
}

/** What the parameters of a method are where the draft does not say otherwise: the defaults, then the preset. */
export function baseParams(manifest: PluginManifest, preset: string | undefined): JsonObject {
  const defaults = defaultsOf(fieldSpecs(manifest.paramsSchema))
  const found = manifest.presets.find(({ id }) => id === preset)
  return found === undefined ? defaults : mergeValues(defaults, found.params)
}

/**
 * Any experiment (complete, as a run records it, or sparse, as presets are) as a draft. Values that only repeat the
 * preset or the default are left out, so that the form can mark what is special about it.
 */
export function draftOf(experiment: JsonObject, plugins: readonly PluginManifest[]): Draft {
  const choice = (kind: PluginKind, value: JsonValue | undefined): DraftChoice => {
    const given = isGroup(value) ? value : {}
    const first = plugins.find((plugin) => plugin.kind === kind)?.id ?? ''
    const id = typeof given['id'] === 'string' ? given['id'] : first
    const preset = typeof given['preset'] === 'string' ? given['preset'] : undefined
    const params = isGroup(given['params']) ? given['params'] : {}
    const manifest = pluginOf(plugins, kind, id)
    const special = manifest === null ? params : differences(baseParams(manifest, preset), params)
    return { id, ...(preset === undefined ? {} : { preset }), params: special }
  }
  const group = (value: JsonValue | undefined, fields: readonly FieldSpec[]): JsonObject =>
    isGroup(value) ? differences(defaultsOf(fields), value) : {}
  const { name, attack, defenses } = experiment

  return {
    name: typeof name === 'string' ? name : 'Untitled experiment',
    seed: experiment['seed'] ?? 1,
    dataset: choice('dataset', experiment['dataset']),
    model: choice('model', experiment['model']),
    attack: attack === null || attack === undefined ? null : choice('attack', attack),
    ...(isGroup(experiment['victim']) ? { victim: experiment['victim'] } : {}),
    training: group(experiment['training'], trainingFields),
    defender: group(experiment['defender'], defenderFields),
    defenses: Array.isArray(defenses) ? defenses.map((defense) => choice('defense', defense)) : [],
  }
}

/** The draft with an imported model as its victim: its architecture, and its trigger and dataset as far as they are known. */
export function withVictim(draft: Draft, { name, model, attack, dataset }: ImportedModel): Draft {
  return {
    ...draft,
    name: `Imported ${name}`,
    victim: { model: name },
    model: { id: model.id, params: model.params },
    attack: attack === null ? null : { id: attack.id, params: attack.params },
    dataset: dataset === null ? draft.dataset : { id: dataset, params: {} },
  }
}

export function withoutVictim({ victim: _victim, ...draft }: Draft): Draft {
  return draft
}

/** Ready experiments, written as the draft is. */
export function draftPresets(
  experiments: readonly ExperimentPreset[],
  plugins: readonly PluginManifest[],
): { readonly id: string; readonly experiment: JsonObject }[] {
  return experiments.map(({ id, experiment }) => ({
    id,
    experiment: draftOf(experiment, plugins) as unknown as JsonObject,
  }))
}

/** The experiment in the text of a file: its own format, or a run's record, which contains the one that it ran. */
export function experimentIn(text: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Error('This is not JSON. An experiment file or the run.json of a run is accepted.')
  }
  const object = JsonObject.safeParse(value)
  const inner = object.success ? object.data['experiment'] : undefined
  const experiment = object.success && object.data['format'] === 'unbackdoor.run' ? inner : object.data
  if (isGroup(experiment) && ('dataset' in experiment || 'model' in experiment)) return experiment
  throw new Error('This JSON holds no experiment: neither "dataset" nor "model" is in it.')
}
