import type { z } from 'zod'
import { AppError, type FieldError } from '../../src-shared/contract/errors.js'
import { fieldErrors, invalidInput } from '../../src-shared/contract/field-errors.js'
import { AugmentationConfig, Experiment, PluginChoice } from '../../src-shared/model/experiment.js'
import { ImportedVictim, isCompleteVictim, type CompleteVictim } from '../../src-shared/model/victim.js'
import { JsonObject } from '../../src-shared/model/json.js'
import type { Stage } from '../../src-shared/model/run-record.js'
import { attacks } from './attacks/index.js'
import { datasets } from './datasets/index.js'
import { emptyShelf, type DatasetShelf } from './datasets/reader.js'
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
import { OUR_LAYOUT } from './nn/layers.js'
import type { Registry } from './registry.js'

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
  /** Null where the run trains its own. */
  readonly victim: CompleteVictim | null
  readonly defenses: readonly PlannedDefense[]
  readonly data: DatasetInfo
  readonly stages: readonly Stage[]
}

/**
 * Checks an experiment completely before anything is done: ids, presets, every parameter, and whether they fit the
 * dataset. Throws `invalid-input` that names every wrong field of every part, its value and what is allowed. `shelf` is
 * what has been imported on this machine.
 */
export function planExperiment(input: unknown, shelf: DatasetShelf = emptyShelf): ExperimentPlan {
  const problems: FieldError[] = []
  const parsed = Experiment.safeParse(input)
  if (!parsed.success) problems.push(...fieldErrors(parsed.error, input))
  else problems.push(...checkAugmentation(parsed.data.training.augmentation))
  // What is wrong in one part is no reason to leave the others unchecked.
  const parts = readableParts(parsed.success ? parsed.data : input)
  const from = <D extends PluginBase<z.ZodType>>(
    registry: Registry<D>,
    choice: PluginChoice | null,
    path: string,
  ): Chosen<D> | null =>
    choice === null ? null : attempt(() => choose(registry.get(choice.id, `${path}.id`), choice, path), problems)

  const dataset = from(datasets, parts.dataset, 'dataset')
  const model = from(models, parts.model, 'model')
  const attack = from(attacks, parts.attack, 'attack')
  const plannedDefenses = parts.defenses.map((choice, index) =>
    planDefense(from(defenses, choice, `defenses.${index}`), choice),
  )
  const victim = parts.victim === null ? null : checkVictim(parts.victim, attack, problems)
  const described = dataset === null ? null : describeData(dataset, shelf, problems)
  const data = described === null || victim === null ? described : asVictimSees(described, victim, problems)
  if (data !== null && attack !== null) {
    problems.push(...inside('attack.params', attack.definition.check(attack.params, data)))
  }
  for (const [index, defense] of plannedDefenses.entries()) {
    if (defense === null) continue
    const { definition, params, knowledge } = defense
    if (data !== null) problems.push(...inside(`defenses.${index}.params`, definition.check(params, data)))
    if (definition.needs === 'training-set' && parts.victim !== null) {
      const message = 'needs the training set, which does not come with an imported model'
      problems.push({ path: `defenses.${index}.id`, value: JSON.stringify(definition.id), message })
    }
    if (knowledge === 'oracle' && parts.isClean) {
      problems.push(oracleWithout(index, 'needs an attack: there is no knowledge of an attacker to use'))
    }
    if (knowledge === 'oracle' && attack !== null && attack.definition.singleTarget(attack.params) === null) {
      problems.push(
        oracleWithout(index, 'needs an attack with one target class to be told: here each class has its own'),
      )
    }
  }
  if (problems.length > 0) throw invalidInput(problems)
  if (!parsed.success || dataset === null || model === null || data === null) {
    throw new Error('A part of an experiment was refused without a word')
  }

  const experiment = parsed.data
  const known = plannedDefenses.filter((defense) => defense !== null)
  return {
    experiment: {
      ...experiment,
      dataset: complete(experiment.dataset, dataset.params),
      training: {
        ...experiment.training,
        augmentation: resolveAugmentation(experiment.training.augmentation, dataset.definition),
      },
      model: complete(experiment.model, model.params),
      attack: experiment.attack === null || attack === null ? null : complete(experiment.attack, attack.params),
      defenses: experiment.defenses.map((choice, index) => complete(choice, known[index]!.params)),
    },
    dataset,
    model,
    attack,
    defenses: known,
    victim,
    data,
    stages: stagesOf(attack, victim !== null, known),
  }
}

/** What is said of a network beside its saved weights. */
export function weightsMetadata({ experiment }: ExperimentPlan): Record<string, string> {
  return {
    model: experiment.model.id,
    modelParams: JSON.stringify(experiment.model.params),
    dataset: experiment.dataset.id,
    layout: OUR_LAYOUT,
  }
}

/** What the dataset is, or null, and what is wrong with its parameters among the problems. */
function describeData(
  { definition, params }: Chosen<DatasetDefinition>,
  shelf: DatasetShelf,
  problems: FieldError[],
): DatasetInfo | null {
  const wrong = definition.check(params, shelf)
  problems.push(...inside('dataset.params', wrong))
  return wrong.length === 0 ? definition.describe(params, shelf) : null
}

/** The victim with all that is known of it, or null, and what is wrong with it among the problems. */
function checkVictim(
  victim: ImportedVictim,
  attack: Chosen<AttackDefinition> | null,
  problems: FieldError[],
): CompleteVictim | null {
  if (attack !== null && isCrafted(attack)) {
    const message = 'makes its trigger for a training of its own, and an imported victim was trained before'
    problems.push({ path: 'attack.id', value: JSON.stringify(attack.definition.id), message })
  }
  if (isCompleteVictim(victim)) return victim
  const message = 'is not known here: a model is imported first, and then named'
  problems.push({ path: 'victim.model', value: JSON.stringify(victim.model), message })
  return null
}

/** The dataset with its pixels as the victim was trained to read them. */
function asVictimSees(data: DatasetInfo, victim: CompleteVictim, problems: FieldError[]): DatasetInfo {
  const value = JSON.stringify(victim.model)
  const { classNames, shape } = data
  if (victim.classes !== classNames.length) {
    const message = `tells ${victim.classes} classes apart, and the dataset has ${classNames.length}`
    problems.push({ path: 'victim.model', value, message })
  }
  const channels = victim.pixelNormalization.mean.length
  if (channels !== shape.channels) {
    const message = `takes images of ${channels} channels, and those of the dataset have ${shape.channels}`
    problems.push({ path: 'victim.model', value, message })
    return data
  }
  return { ...data, pixelNormalization: victim.pixelNormalization }
}

interface Parts {
  readonly dataset: PluginChoice | null
  readonly model: PluginChoice | null
  readonly attack: PluginChoice | null
  readonly victim: ImportedVictim | null
  /** Whether it is said that there is to be no attack. */
  readonly isClean: boolean
  readonly defenses: readonly (PluginChoice | null)[]
}

/** The choices of methods as far as they can be read, whatever else is wrong. */
function readableParts(input: unknown): Parts {
  const { dataset, model, attack, victim, defenses } = (isGroup(input) ? input : {}) as Record<string, unknown>
  const readable = (choice: unknown): PluginChoice | null => PluginChoice.safeParse(choice).data ?? null
  return {
    dataset: readable(dataset),
    model: readable(model),
    attack: readable(attack),
    victim: ImportedVictim.safeParse(victim).data ?? null,
    isClean: attack === null,
    defenses: Array.isArray(defenses) ? defenses.map(readable) : [],
  }
}

/** What the work gives; or null, and the fields that it refused among the problems. */
function attempt<T>(work: () => T, problems: FieldError[]): T | null {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof AppError) || error.fields === undefined) throw error
    problems.push(...error.fields)
    return null
  }
}

function planDefense(chosen: Chosen<DefenseDefinition> | null, choice: PluginChoice | null): PlannedDefense | null {
  if (chosen === null) return null
  const isOracle = chosen.definition.oracle?.applies(chosen.params) ?? false
  return { ...chosen, preset: choice?.preset ?? null, knowledge: isOracle ? 'oracle' : 'defender' }
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

/** The fields of a custom augmentation say nothing where another kind is chosen. */
function checkAugmentation({ kind, ...fields }: AugmentationConfig): FieldError[] {
  if (kind === 'custom') return []
  return Object.entries(fields).flatMap(([name, value]) => {
    if (!value) return []
    const message = 'is only used where training.augmentation.kind is "custom"'
    return [{ path: `training.augmentation.${name}`, value: String(value), message }]
  })
}

/** With numbers in place of "as is customary", so that a saved experiment stays the same when customs change. */
function resolveAugmentation(config: AugmentationConfig, { augmentation }: DatasetDefinition): AugmentationConfig {
  return config.kind === 'dataset' ? AugmentationConfig.parse({ ...augmentation, kind: 'custom' }) : config
}

function inside(prefix: string, errors: FieldError[]): FieldError[] {
  return errors.map((error) => ({ ...error, path: `${prefix}.${error.path}` }))
}

function oracleWithout(index: number, message: string): FieldError {
  return { path: `defenses.${index}`, value: 'oracle', message }
}

/** Whether the attack has a stage in which it makes its trigger. */
export function isCrafted({ definition, params }: Chosen<AttackDefinition>): boolean {
  return definition.craft !== undefined && (definition.crafts?.(params) ?? true)
}

function stagesOf(
  attack: Chosen<AttackDefinition> | null,
  isImported: boolean,
  planned: readonly PlannedDefense[],
): Stage[] {
  return [
    ofVictim('load', isImported ? 'Load data and victim' : 'Load data'),
    ...(isImported ? [] : trainingStages(attack)),
    ofVictim('evaluate', 'Evaluate victim'),
    ...planned.flatMap(({ definition }, index): Stage[] => [
      ...definition.stages.map((stage) => ({ ...stage, title: `${definition.title}: ${stage.title}`, defense: index })),
      { kind: 'evaluate', title: `${definition.title}: Evaluate`, defense: index },
    ]),
  ]
}

function trainingStages(attack: Chosen<AttackDefinition> | null): Stage[] {
  return [
    ...(attack !== null && isCrafted(attack)
      ? [ofVictim('craft', attack.definition.craftTitle ?? 'Optimise the trigger')]
      : []),
    ...(attack === null ? [] : [ofVictim('poison', 'Poison training images')]),
    ofVictim('train', 'Train victim'),
  ]
}

function ofVictim(kind: Stage['kind'], title: string): Stage {
  return { kind, title, defense: null }
}
