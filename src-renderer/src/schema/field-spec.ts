import type { JsonObject, JsonValue } from '../../../src-shared/model/json.js'

interface Named {
  readonly key: string
  readonly title: string
  readonly description: string | null
  readonly usedWhen: UsedWhen | null
}

/** The field says something only while another one of its group has one of these values. */
export interface UsedWhen {
  readonly field: string
  readonly is: readonly JsonValue[]
}

interface Limits {
  readonly minimum: number | null
  readonly maximum: number | null
  readonly above: number | null
  readonly below: number | null
}

export interface NumberSpec extends Named, Limits {
  readonly kind: 'number'
  readonly isInteger: boolean
  readonly isNullable: boolean
  readonly unit: string | null
  readonly fallback: JsonValue
}

export interface ChoiceSpec extends Named {
  readonly kind: 'choice'
  readonly options: readonly string[]
  readonly fallback: JsonValue
}

export interface SwitchSpec extends Named {
  readonly kind: 'switch'
  readonly fallback: JsonValue
}

/** A value of its own kind, which a page may have a control for; elsewhere it is JSON as text. */
export interface SpecialSpec extends Named {
  readonly kind: 'special'
  /** The name under which the schema asks for a control. */
  readonly control: string
  /** What may be chosen by name besides. */
  readonly options: readonly string[]
  readonly fallback: JsonValue
}

/** Whatever has no control of its own: shown as text, so that a new plug-in can never break the page. */
export interface TextSpec extends Named {
  readonly kind: 'text'
  readonly isJson: boolean
  readonly fallback: JsonValue
}

export interface GroupSpec extends Named {
  readonly kind: 'group'
  readonly fields: readonly FieldSpec[]
}

export type LeafSpec = NumberSpec | ChoiceSpec | SwitchSpec | SpecialSpec | TextSpec
export type FieldSpec = LeafSpec | GroupSpec

/** The fields of an object schema, as zod writes it (JSON Schema with our own `unit`, `control` and `usedWhen`). */
export function fieldSpecs(schema: JsonObject): FieldSpec[] {
  return Object.entries(objectOf(schema['properties'])).map(([key, property]) => fieldSpec(key, objectOf(property)))
}

function fieldSpec(key: string, schema: JsonObject): FieldSpec {
  const { inner, isNullable } = withoutNull(schema)
  const named = {
    key,
    title: textOf(schema['title']) ?? key,
    description: textOf(schema['description']),
    usedWhen: usedWhenOf(objectOf(schema['usedWhen'])),
  }
  const control = textOf(schema['control'])
  if (control !== null) {
    return { kind: 'special', ...named, control, options: namesIn(schema), fallback: schema['default'] ?? null }
  }
  if (inner['type'] === 'object') return { kind: 'group', ...named, fields: fieldSpecs(inner) }
  const fallback = schema['default'] ?? null
  const options = inner['enum']
  if (Array.isArray(options) && options.every((option) => typeof option === 'string') && !isNullable) {
    return { kind: 'choice', ...named, options, fallback }
  }
  if (inner['type'] === 'number' || inner['type'] === 'integer') {
    const isInteger = inner['type'] === 'integer'
    const unit = textOf(schema['unit'])
    return { kind: 'number', ...named, ...limitsOf(inner, isInteger), isInteger, isNullable, unit, fallback }
  }
  if (inner['type'] === 'boolean' && !isNullable) return { kind: 'switch', ...named, fallback }
  return { kind: 'text', ...named, isJson: inner['type'] !== 'string' || isNullable, fallback }
}

function usedWhenOf({ field, is }: JsonObject): UsedWhen | null {
  return typeof field === 'string' && Array.isArray(is) ? { field, is } : null
}

/** `anyOf: [x, null]` is how zod writes a nullable x. */
function withoutNull(schema: JsonObject): { inner: JsonObject; isNullable: boolean } {
  const branches = schema['anyOf']
  if (!Array.isArray(branches)) return { inner: schema, isNullable: false }
  const others = branches.map(objectOf).filter((branch) => branch['type'] !== 'null')
  const [only] = others
  if (only === undefined || others.length !== 1) return { inner: {}, isNullable: false }
  return { inner: only, isNullable: others.length < branches.length }
}

/** The names among the values that a schema allows. */
function namesIn(schema: JsonObject): string[] {
  const branches = Array.isArray(schema['anyOf']) ? schema['anyOf'].map(objectOf) : [schema]
  return branches.flatMap(({ enum: names }) =>
    Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [],
  )
}

function limitsOf(schema: JsonObject, isInteger: boolean): Limits {
  const limit = (name: string): number | null => {
    const value = schema[name]
    // zod gives every integer the largest safe ones as its range, which says nothing.
    const isMeant = typeof value === 'number' && !(isInteger && Math.abs(value) === Number.MAX_SAFE_INTEGER)
    return isMeant ? value : null
  }
  return {
    minimum: limit('minimum'),
    maximum: limit('maximum'),
    above: limit('exclusiveMinimum'),
    below: limit('exclusiveMaximum'),
  }
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null
}
