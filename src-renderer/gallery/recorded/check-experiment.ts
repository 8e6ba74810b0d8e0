import { invalidInput, parseOrThrow, type FieldError } from '../../../src-shared/contract/index.js'
import { Experiment, type PluginChoice } from '../../../src-shared/model/experiment.js'
import { isGroup, type JsonObject, type JsonValue } from '../../../src-shared/model/json.js'
import type { Catalogue, PluginKind } from '../../../src-shared/model/plugin-manifest.js'
import { fieldSpecs, type FieldSpec } from '../../src/schema/field-spec.js'
import { problemOf, valueText } from '../../src/schema/field-words.js'
import { mergeValues } from '../../src/schema/values.js'
import { baseParams, pluginOf } from '../../src/stores/draft-model.js'

/**
 * The complete experiment, or `invalid-input`: as far as the catalogue tells what is allowed. What only the laboratory
 * knows (whether a trigger fits into an image) is not found here.
 */
export function checkExperiment({ plugins }: Catalogue, given: JsonValue): Experiment {
  const experiment = parseOrThrow(Experiment, given)
  const errors: FieldError[] = []

  const complete = (kind: PluginKind, choice: PluginChoice, path: string): PluginChoice => {
    const manifest = pluginOf(plugins, kind, choice.id)
    if (manifest === null) {
      const known = plugins.filter((plugin) => plugin.kind === kind).map(({ id }) => id)
      errors.push({ path: `${path}.id`, value: valueText(choice.id), message: `must be one of ${known.join(', ')}` })
      return choice
    }
    const params = mergeValues(baseParams(manifest, choice.preset), choice.params)
    errors.push(...problemsIn(fieldSpecs(manifest.paramsSchema), params, `${path}.params`))
    return { ...choice, params }
  }

  const completed: Experiment = {
    ...experiment,
    dataset: complete('dataset', experiment.dataset, 'dataset'),
    model: complete('model', experiment.model, 'model'),
    attack: experiment.attack === null ? null : complete('attack', experiment.attack, 'attack'),
    defenses: experiment.defenses.map((defense, index) => complete('defense', defense, `defenses.${index}`)),
  }
  if (errors.length > 0) throw invalidInput(errors)
  return completed
}

function problemsIn(fields: readonly FieldSpec[], values: JsonObject, path: string): FieldError[] {
  return fields.flatMap((field) => {
    const value = values[field.key] ?? null
    const at = `${path}.${field.key}`
    if (field.kind === 'group') return isGroup(value) ? problemsIn(field.fields, value, at) : []
    const message = problemOf(field, value)
    return message === null ? [] : [{ path: at, value: valueText(value), message }]
  })
}
