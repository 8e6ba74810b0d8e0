import type { FieldError } from '../../../../src-shared/contract/index.js'

export type Step = 'general' | 'dataset' | 'model' | 'attack' | 'training' | 'defender' | 'defenses'

const roots: Readonly<Record<string, Step>> = {
  dataset: 'dataset',
  model: 'model',
  attack: 'attack',
  training: 'training',
  defender: 'defender',
  defenses: 'defenses',
}

export function stepOf(path: string): Step {
  return roots[path.split('.')[0] ?? ''] ?? 'general'
}

/** Messages by path, for the fields that show them. */
export function messagesOf(fields: readonly FieldError[]): Record<string, string> {
  return Object.fromEntries(fields.map(({ path, message }) => [path, message]))
}

/** What concerns a step as a whole (a method that is unknown, a preset that does not fit) and so has no field. */
export function generalMessages(fields: readonly FieldError[], prefix: string): string[] {
  return fields
    .filter(({ path }) => [prefix, `${prefix}.id`, `${prefix}.preset`, `${prefix}.params`].includes(path))
    .map(({ path, value, message }) => `${path}: ${value} ${message}`)
}
