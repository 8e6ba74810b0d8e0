import { invalidInput } from '../../src-shared/contract/field-errors.js'
import { JsonValue, type JsonObject } from '../../src-shared/model/json.js'

/** Names that would reach into JavaScript's own objects. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Sets one field of an experiment from `path=value`: `attack.params.poisonRate=0.1`, `defenses.0.preset=oracle`. The
 * value is JSON if it parses as such, else text. Throws `invalid-input` for a path that cannot be followed.
 */
export function setValue(experiment: JsonObject, assignment: string): void {
  const [path, text] = splitAssignment(assignment)
  const keys = path.split('.')
  const last = keys.pop()!
  let group: Record<string, JsonValue> | JsonValue[] = experiment
  for (const key of keys) {
    const next: JsonValue | undefined = readKey(group, key)
    if (next === undefined && !Array.isArray(group)) {
      const created: JsonObject = {}
      writeKey(group, key, created, path)
      group = created
    } else if (typeof next === 'object' && next !== null) {
      group = next
    } else {
      throw refuse(path, `cannot be set: "${key}" on the way is ${next === undefined ? 'not there' : 'a single value'}`)
    }
  }
  writeKey(group, last, parseValue(text), path)
}

function splitAssignment(assignment: string): [string, string] {
  const equals = assignment.indexOf('=')
  if (equals <= 0) throw refuse(assignment, 'must look like path=value, such as attack.params.poisonRate=0.1')
  return [assignment.slice(0, equals), assignment.slice(equals + 1)]
}

function parseValue(text: string): JsonValue {
  try {
    return JsonValue.parse(JSON.parse(text))
  } catch {
    // Not JSON, so it is meant as text: `--set name=Trial`.
    return text
  }
}

function readKey(group: Record<string, JsonValue> | JsonValue[], key: string): JsonValue | undefined {
  if (Array.isArray(group)) return group[Number(key)]
  return Object.hasOwn(group, key) ? group[key] : undefined
}

function writeKey(group: Record<string, JsonValue> | JsonValue[], key: string, value: JsonValue, path: string): void {
  if (FORBIDDEN.has(key)) throw refuse(path, 'is not a field of an experiment')
  if (!Array.isArray(group)) {
    group[key] = value
    return
  }
  const index = Number(key)
  if (!Number.isInteger(index) || index < 0 || index > group.length) {
    throw refuse(path, `must use a position from 0 to ${group.length} in place of "${key}"`)
  }
  group[index] = value
}

function refuse(path: string, message: string) {
  return invalidInput([{ path: '--set', value: path, message }])
}
