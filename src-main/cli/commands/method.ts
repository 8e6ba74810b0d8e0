import { z } from 'zod'
import { AppError } from '../../../src-shared/contract/errors.js'
import { JsonObject, type JsonValue } from '../../../src-shared/model/json.js'
import { needsInWords } from '../../../src-shared/model/method-needs.js'
import type { PluginManifest } from '../../../src-shared/model/plugin-manifest.js'
import { printResult } from '../output.js'
import { withApp } from '../session.js'

/** Help of one method, made from its schema: what it does, its source, every parameter and preset. */
export function methodCommand(id: string, { workspace }: { workspace: string }): Promise<number> {
  return withApp({ workspace, threads: null }, async (client) => {
    const { plugins } = await client.call('catalogue.list', {})
    const plugin = plugins.find((candidate) => candidate.id === id)
    if (plugin === undefined) {
      const known = plugins.map((candidate) => candidate.id).join(', ')
      const message = `is not a known method; known: ${known}`
      throw new AppError({
        code: 'invalid-input',
        message: `method: "${id}" ${message}`,
        fields: [{ path: 'method', value: JSON.stringify(id), message }],
      })
    }
    printResult(formatMethod(plugin))
    return 0
  })
}

const UsedWhen = z.object({ field: z.string(), is: z.array(z.string()) })

const places = {
  dataset: 'dataset.params',
  model: 'model.params',
  attack: 'attack.params',
  defense: 'defenses.0.params',
  explainer: 'params',
  detector: 'params',
}

export function formatMethod(manifest: PluginManifest): string {
  const { title, kind, summary, paper, paramsSchema, presets } = manifest
  const needs = needsInWords(manifest)
  const source = paper === null ? [] : [`${paper.authors}, "${paper.title}", ${paper.year}. ${paper.url}`]
  const parameters = describeParameters(paramsSchema, places[kind])
  const named = presets.map(({ id, differs, oracle }) => `  ${id}${oracle ? ' (oracle)' : ''}\n      ${differs}`)
  return [
    `${title} (${kind})`,
    summary,
    ...(needs === null ? [] : [needs]),
    ...source,
    '',
    'Parameters, set with --set PATH=VALUE:',
    ...(parameters.length === 0 ? ['  none'] : parameters),
    ...(named.length === 0 ? [] : ['', 'Presets:', ...named]),
  ].join('\n')
}

/** One entry per leaf of a JSON Schema: path, allowed values, default, description. */
function describeParameters(schema: JsonObject, path: string): string[] {
  const properties = JsonObject.safeParse(schema['properties'])
  if (!properties.success) return []
  return Object.entries(properties.data).flatMap(([name, raw]) => {
    const field = JsonObject.parse(raw)
    const here = `${path}.${name}`
    if (field['properties'] !== undefined) return describeParameters(field, here)
    const unit = typeof field['unit'] === 'string' ? ` ${field['unit']}` : ''
    const text = typeof field['description'] === 'string' ? `\n      ${field['description']}` : ''
    return [`  ${here}  ${allowed(field)}${unit}, default ${JSON.stringify(field['default'])}${text}${usedWhen(field)}`]
  })
}

/** Which values of another field of the same group make this one matter. */
function usedWhen(field: JsonObject): string {
  const condition = UsedWhen.safeParse(field['usedWhen'])
  return condition.success ? `\n      Used where ${condition.data.field} is ${condition.data.is.join(', ')}.` : ''
}

function allowed(field: JsonObject): string {
  if (Array.isArray(field['enum'])) return field['enum'].map(String).join(' | ')
  if (Array.isArray(field['anyOf']))
    return field['anyOf'].map((option) => allowed(JsonObject.parse(option))).join(' or ')
  const low = bound(field['minimum'], field['exclusiveMinimum'], 'above ')
  const high = bound(field['maximum'], field['exclusiveMaximum'], 'below ')
  const type = typeof field['type'] === 'string' ? field['type'] : 'value'
  if (low === null && high === null) return type
  return `${type} ${low ?? 'any'} to ${high ?? 'any'}`
}

function bound(inclusive: JsonValue | undefined, exclusive: JsonValue | undefined, word: string): string | null {
  // An integer without bounds of its own comes with the largest safe one, which says nothing.
  if (typeof inclusive === 'number' && Math.abs(inclusive) < Number.MAX_SAFE_INTEGER) return String(inclusive)
  return typeof exclusive === 'number' ? `${word}${exclusive}` : null
}
