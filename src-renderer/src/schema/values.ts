import { isGroup, type JsonObject, type JsonValue } from '../../../src-shared/model/json.js'
import type { FieldSpec } from './field-spec.js'

/** The group at a path; an empty one where there is none. */
export function valuesAt(values: JsonObject, path: readonly string[]): JsonObject {
  let group = values
  for (const key of path) {
    const inner = group[key]
    group = isGroup(inner) ? inner : {}
  }
  return group
}

/** The defaults of every field, group by group. */
export function defaultsOf(fields: readonly FieldSpec[]): JsonObject {
  return Object.fromEntries(
    fields.map((field) => [field.key, field.kind === 'group' ? defaultsOf(field.fields) : field.fallback]),
  )
}

/** `over` wins, group by group, as it does in the engine. */
export function mergeValues(under: JsonObject, over: JsonObject): JsonObject {
  const merged: JsonObject = { ...under }
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key]
    merged[key] = isGroup(below) && isGroup(value) ? mergeValues(below, value) : value
  }
  return merged
}

/** What of `values` says something that `base` does not. */
export function differences(base: JsonObject, values: JsonObject): JsonObject {
  const different: JsonObject = {}
  for (const [key, value] of Object.entries(values)) {
    const below = base[key]
    if (isGroup(value) && isGroup(below)) {
      const inner = differences(below, value)
      if (Object.keys(inner).length > 0) different[key] = inner
    } else if (!sameJson(below, value)) different[key] = value
  }
  return different
}

export function sameJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((each, i) => sameJson(each, b[i]))
  if (!isGroup(a) || !isGroup(b)) return false
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => sameJson(a[key], b[key]))
}

/** A copy with one value set, or taken away where it is undefined. Groups that become empty go too. */
export function withValue(values: JsonObject, path: readonly string[], value: JsonValue | undefined): JsonObject {
  const [key, ...rest] = path
  if (key === undefined) return values
  const copy = { ...values }
  if (rest.length === 0) {
    if (value === undefined) delete copy[key]
    else copy[key] = value
    return copy
  }
  const below = copy[key]
  const inner = withValue(isGroup(below) ? below : {}, rest, value)
  if (Object.keys(inner).length === 0) delete copy[key]
  else copy[key] = inner
  return copy
}
