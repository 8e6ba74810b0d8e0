import type { z } from 'zod'
import type { FieldError } from '../../src-shared/contract/errors.js'
import { fieldErrors, invalidInput, parseOrThrow } from '../../src-shared/contract/field-errors.js'
import { Experiment, type PluginChoice } from '../../src-shared/model/experiment.js'
import { JsonObject } from '../../src-shared/model/json.js'
import type { Stage } from '../../src-shared/model/run-record.js'
import { attacks } from './attacks/index.js'
import { datasets } from './datasets/index.js'
import { defenses } from './defenses/index.js'
import type {
  AttackDefinition,
  DatasetDefinition,
  DatasetInfo,
  DefenseDefinition,
  ModelDefinition,
  PluginBase,
} from './define.js'
import { models } from './models/index.js'

/** A plug-in with its parameters parsed by its own schema. */
export interface Chosen<D> {
  readonly definition: D
  readonly params: unknown
}

export interface PlannedDefense extends Chosen<DefenseDefinition> {
  readonly preset: string | null
  readonly knowledge: 'defender' | 'oracle'
}

/** An experiment that has been checked as a whole and can be run. */
export interface ExperimentPlan {
  /** With every default and preset filled in: running it again gives the same run whatever the defaults become. */
  readonly experiment: Experiment
  readonly dataset: Chosen<DatasetDefinition>
  readonly model: Chosen<ModelDefinition>
  readonly attack: Chosen<AttackDefinition> | null
  readonly defenses: readonly PlannedDefense[]
  readonly data: DatasetInfo
  readonly stages: readonly Stage[]
}

/**
 * Checks an experiment completely before anything is done: ids, presets, every parameter, and whether they fit the
 * dataset. Throws `invalid-input` that names each wrong field, its value and what is allowed.
 */
export function planExperiment(input: unknown): ExperimentPlan {
  const experiment = parseOrThrow(Experiment, input)
  const dataset = choose(datasets.get(experiment.dataset.id, 'dataset.id'), experiment.dataset, 'dataset')
  const model = choose(models.get(experiment.model.id, 'model.id'), experiment.model, 'model')
  const attack =
    experiment.attack === null
      ? null
      : choose(attacks.get(experiment.attack.id, 'attack.id'), experiment.attack, 'attack')
  const plannedDefenses = experiment.defenses.map((choice, index): PlannedDefense => {
    const path = `defenses.${index}`
    const chosen = choose(defenses.get(choice.id, `${path}.id`), choice, path)
    const isOracle = chosen.definition.oracle?.applies(chosen.params) ?? false
    return { ...chosen, preset: choice.preset ?? null, knowledge: isOracle ? 'oracle' : 'defender' }
  })

  const data = dataset.definition.describe(dataset.params)
  throwIfAny([
    ...(attack === null ? [] : inside('attack.params', attack.definition.check(attack.params, data))),
    ...plannedDefenses.flatMap(({ definition, params, knowledge }, index) => [
      ...inside(`defenses.${index}.params`, definition.check(params, data)),
      ...(knowledge === 'oracle' && attack === null ? [oracleWithoutAttack(index)] : []),
    ]),
  ])

  return {
    experiment: {
      ...experiment,
      dataset: complete(experiment.dataset, dataset.params),
      model: complete(experiment.model, model.params),
      attack: experiment.attack === null || attack === null ? null : complete(experiment.attack, attack.params),
      defenses: experiment.defenses.map((choice, index) => complete(choice, plannedDefenses[index]!.params)),
    },
    dataset,
    model,
    attack,
    defenses: plannedDefenses,
    data,
    stages: stagesOf(attack !== null, plannedDefenses),
  }
}

function choose<D extends PluginBase<z.ZodType>>(definition: D, choice: PluginChoice, path: string): Chosen<D> {
  const merged = mergeParams(presetParams(definition, choice, path), choice.params)
  const result = definition.params.safeParse(merged)
  if (!result.success) throw invalidInput(fieldErrors(result.error, merged, [path, 'params']))
  return { definition, params: result.data }
}

function presetParams(definition: PluginBase<z.ZodType>, { preset: id }: PluginChoice, path: string): JsonObject {
  if (id === undefined) return {}
  const preset = definition.presets.find((candidate) => candidate.id === id)
  if (preset !== undefined) return JsonObject.parse(preset.params)
  const known = definition.presets.map((candidate) => candidate.id).join(', ') || 'none'
  const message = `is not a known preset of ${definition.id}; known: ${known}`
  throw invalidInput([{ path: `${path}.preset`, value: JSON.stringify(id), message }])
}

/** `over` wins, group by group. */
function mergeParams(under: JsonObject, over: JsonObject): JsonObject {
  const merged: JsonObject = { ...under }
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key]
    merged[key] = isGroup(below) && isGroup(value) ? mergeParams(below, value) : value
  }
  return merged
}

function isGroup(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function complete(choice: PluginChoice, params: unknown): PluginChoice {
  return { ...choice, params: JsonObject.parse(params) }
}

function inside(prefix: string, errors: FieldError[]): FieldError[] {
  return errors.map((error) => ({ ...error, path: `${prefix}.${error.path}` }))
}

function oracleWithoutAttack(index: number): FieldError {
  return {
    path: `defenses.${index}`,
    value: 'oracle',
    message: 'needs an attack: there is no knowledge of an attacker to use',
  }
}

function throwIfAny(errors: FieldError[]): void {
  if (errors.length > 0) throw invalidInput(errors)
}

function stagesOf(hasAttack: boolean, planned: readonly PlannedDefense[]): Stage[] {
  const victim = (kind: Stage['kind'], title: string): Stage => ({ kind, title, defense: null })
  return [
    victim('load', 'Load data'),
    ...(hasAttack ? [victim('poison', 'Poison training images')] : []),
    victim('train', 'Train victim'),
    victim('evaluate', 'Evaluate victim'),
    ...planned.flatMap(({ definition }, index): Stage[] => [
      ...definition.stages.map((stage) => ({ ...stage, title: `${definition.title}: ${stage.title}`, defense: index })),
      { kind: 'evaluate', title: `${definition.title}: Evaluate`, defense: index },
    ]),
  ]
}
