import { isGroup, type JsonObject, type JsonValue } from '../../../src-shared/model/json.js'
import type { FieldSpec, LeafSpec, NumberSpec } from './field-spec.js'
import { sameJson } from './values.js'

/** `1 to 64`, `above 0, at most 1`, `at least 0`. */
export function rangeText({ minimum, maximum, above, below }: NumberSpec): string | null {
  if (minimum !== null && maximum !== null) return `${minimum} to ${maximum}`
  const lower = minimum !== null ? `at least ${minimum}` : above !== null ? `above ${above}` : null
  const upper = maximum !== null ? `at most ${maximum}` : below !== null ? `below ${below}` : null
  return [lower, upper].filter((part) => part !== null).join(', ') || null
}

/** A value as the form shows it. */
export function valueText(value: JsonValue): string {
  if (value === null) return 'none'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What is wrong with a value, in the words of the engine; null if nothing is. */
export function problemOf(spec: LeafSpec, value: JsonValue): string | null {
  switch (spec.kind) {
    case 'number':
      return numberProblem(spec, value)
    case 'choice':
      return typeof value === 'string' && spec.options.includes(value)
        ? null
        : `must be ${spec.options.map((option) => `"${option}"`).join(' or ')}`
    case 'switch':
      return typeof value === 'boolean' ? null : 'must be of type boolean'
    case 'special':
    case 'text':
      return null
  }
}

function numberProblem(spec: NumberSpec, value: JsonValue): string | null {
  if (value === null) return spec.isNullable ? null : 'must be of type number'
  if (typeof value !== 'number') return spec.isInteger ? 'must be a whole number' : 'must be of type number'
  if (spec.isInteger && !Number.isInteger(value)) return 'must be a whole number'
  if (spec.minimum !== null && value < spec.minimum) return `must be at least ${spec.minimum}`
  if (spec.above !== null && value <= spec.above) return `must be above ${spec.above}`
  if (spec.maximum !== null && value > spec.maximum) return `must be at most ${spec.maximum}`
  if (spec.below !== null && value >= spec.below) return `must be below ${spec.below}`
  return null
}

/** What was typed into a number field: a number if it is one, else the text itself, for the check to name. */
export function parseNumber(text: string): JsonValue {
  const trimmed = text.trim()
  const value = Number(trimmed)
  return trimmed === '' || !Number.isFinite(value) ? trimmed : value
}

/** The next value for an arrow key: whole steps for whole numbers, else one of the leading digit. Stays in range. */
export function stepped(spec: NumberSpec, value: number, direction: 1 | -1): number {
  const magnitude = value === 0 ? 0.01 : 10 ** Math.floor(Math.log10(Math.abs(value)))
  const isPower = value !== 0 && Math.abs(value) / magnitude < 1 + 1e-9
  // One step below 0.01 is 0.009, not 0.
  const step = spec.isInteger ? 1 : direction === -1 && isPower ? magnitude / 10 : magnitude
  const next = Number((value + direction * step).toPrecision(12))
  const isAllowed = numberProblem(spec, next) === null
  return isAllowed ? next : value
}

/** The fields that matter for these values; also those that do not, as long as something is said of them. */
export function usedFields(fields: readonly FieldSpec[], base: JsonObject, values: JsonObject): FieldSpec[] {
  const present = { ...base, ...values }
  return fields.filter(({ key, usedWhen }) => {
    const isUsed = usedWhen === null || usedWhen.is.some((value) => sameJson(value, present[usedWhen.field]))
    return isUsed || values[key] !== undefined
  })
}

/** Whether anything that was set in these fields is not allowed. */
export function hasProblem(fields: readonly FieldSpec[], values: JsonObject): boolean {
  return fields.some((field) => {
    const value = values[field.key]
    if (value === undefined) return false
    if (field.kind === 'group') return isGroup(value) && hasProblem(field.fields, value)
    return problemOf(field, value) !== null
  })
}

/** How many fields were set, group by group; a value of several parts is one field. */
export function countSet(fields: readonly FieldSpec[], values: JsonObject): number {
  return fields.reduce((sum, field) => {
    const value = values[field.key]
    if (value === undefined) return sum
    return sum + (field.kind === 'group' && isGroup(value) ? countSet(field.fields, value) : 1)
  }, 0)
}
