import type { z } from 'zod'
import { AppError, type FieldError } from './errors.js'

const MAX_SHOWN = 80

/** `['attack', 'params', 0]` as `attack.params.0`; the whole input is `(root)`. */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path.length === 0 ? '(root)' : path.map(String).join('.')
}

/** The value at a path as short text: what a message can quote. */
export function valueAt(input: unknown, path: readonly PropertyKey[]): string {
  let value: unknown = input
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return 'nothing'
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return shortText(value)
}

export function shortText(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value) ?? String(value)
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN - 1)}…` : text
}

type Issue = z.core.$ZodIssue

function words(issue: Issue): string {
  switch (issue.code) {
    case 'too_big':
      return `must be ${issue.inclusive === false ? 'below' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}`
    case 'too_small':
      return `must be ${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`
    case 'invalid_type':
      return `must be ${issue.expected === 'int' ? 'a whole number' : `of type ${issue.expected}`}`
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`
    case 'unrecognized_keys':
      return 'is not a known field'
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    default:
      return issue.message
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters'
  return origin === 'array' ? ' entries' : ''
}

/** Every problem of a failed parse, one per field, in words that name the value and what is allowed. */
export function fieldErrors(
  error: z.core.$ZodError,
  input: unknown,
  prefix: readonly PropertyKey[] = [],
): FieldError[] {
  return error.issues.flatMap((issue) => {
    const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path]
    return paths.map((path) => ({
      path: fieldPath([...prefix, ...path]),
      value: valueAt(input, path),
      message: words(issue),
    }))
  })
}

/** One sentence per wrong field: `attack.params.poisonRate: 1.4 must be at most 1`. */
export function describeFields(fields: readonly FieldError[]): string {
  return fields.map(({ path, value, message }) => `${path}: ${value} ${message}`).join('; ')
}

export function invalidInput(fields: FieldError[], hint?: string): AppError {
  return new AppError({
    code: 'invalid-input',
    message: describeFields(fields),
    fields,
    ...(hint === undefined ? {} : { hint }),
  })
}

/** Parses or throws `invalid-input` naming every wrong field. `prefix` is where the input sits in the whole. */
export function parseOrThrow<S extends z.ZodType>(
  schema: S,
  input: unknown,
  prefix: readonly PropertyKey[] = [],
): z.output<S> {
  const result = schema.safeParse(input)
  if (!result.success) throw invalidInput(fieldErrors(result.error, input, prefix))
  return result.data
}
