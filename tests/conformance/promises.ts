import { expect } from 'vitest'
import type { PluginDefinition } from '../../src-main/lab/define.js'
import { manifestOf } from '../../src-main/lab/catalogue.js'
import { JsonObject } from '../../src-shared/model/json.js'
import { PluginManifest } from '../../src-shared/model/plugin-manifest.js'

/** What every plug-in of every kind promises, so that forms, command line and documentation can rely on it. */
export function expectWellDescribed(definition: PluginDefinition): void {
  const manifest = PluginManifest.parse(manifestOf(definition))
  expect(JSON.parse(JSON.stringify(manifest))).toEqual(manifest)
  expect(manifest.summary).toMatch(/[.]$/)
  expectFieldsDescribed(manifest.paramsSchema, definition.id)

  const defaults: unknown = definition.params.parse({})
  expect(definition.params.parse(JSON.parse(JSON.stringify(defaults)))).toEqual(defaults)
  expect(definition.params.safeParse({ 'no-such-field': 1 }).success).toBe(false)

  const ids = definition.presets.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  for (const preset of definition.presets) {
    expect(() => definition.params.parse(preset.params)).not.toThrow()
    expect(preset.differs).toMatch(/[.]$/)
  }
}

/** Every leaf has a title and a default; every group a title. */
function expectFieldsDescribed(schema: JsonObject, where: string): void {
  expect(schema['additionalProperties'], `${where} refuses unknown fields`).toBe(false)
  for (const [name, raw] of Object.entries(JsonObject.parse(schema['properties'] ?? {}))) {
    const field = JsonObject.parse(raw)
    const here = `${where}.${name}`
    expect(field['title'], `${here} has a title`).toEqual(expect.any(String))
    expect(Object.hasOwn(field, 'default'), `${here} has a default`).toBe(true)
    if (field['properties'] !== undefined) expectFieldsDescribed(field, here)
  }
}
