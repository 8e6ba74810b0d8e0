import { RunStatus } from '../model/run-record.js'
import type { RunRow } from './run-row.js'

/** What a filter can ask for by name, and what it looks at. */
const fields = {
  tag: { about: 'a tag', of: (row: RunRow) => row.tags },
  state: { about: RunStatus.options.join(', '), of: (row: RunRow) => [row.status] },
  attack: { about: 'its attack, or none', of: (row: RunRow) => [row.attack ?? 'none'] },
  defense: { about: 'one of its defenses, or none', of: (row: RunRow) => orNone(row.defenses) },
  dataset: { about: 'its dataset', of: (row: RunRow) => [row.dataset] },
  model: { about: 'its model', of: (row: RunRow) => [row.model] },
  seed: { about: 'its seed', of: (row: RunRow) => [String(row.seed)] },
  is: {
    about: 'starred, archived or active; without it, archived runs are left out',
    of: (row: RunRow) => [row.isArchived ? 'archived' : 'active', ...(row.isStarred ? ['starred'] : [])],
  },
} as const

export type FilterKey = keyof typeof fields
export const filterKeys = Object.keys(fields) as FilterKey[]
export const filterHelp = Object.entries(fields).map(([key, { about }]) => ({ key, about }))

const ALLOWED: Partial<Record<FilterKey, readonly string[]>> = {
  state: RunStatus.options,
  is: ['starred', 'archived', 'active'],
}

export interface Term {
  /** As it was written. */
  readonly text: string
  /** Null for a word, which may stand anywhere. */
  readonly key: FilterKey | null
  /** One of them is enough. */
  readonly values: readonly string[]
  readonly isExcluded: boolean
}

export interface RunQuery {
  readonly terms: readonly Term[]
  /** What was not understood, in sentences. */
  readonly problems: readonly string[]
}

/** `tag:mnist defense:baeraser,none -is:starred "two words"`: every term has to hold; a minus turns one around. */
export function parseRunQuery(text: string): RunQuery {
  const terms = (text.toLowerCase().match(/(?:[^\s"]|"[^"]*"?)+/g) ?? []).map(parseTerm)
  return { terms, problems: terms.flatMap(problemsOf) }
}

function parseTerm(text: string): Term {
  const [, minus, key, rest] = /^(-?)(?:([a-z]+):)?(.*)$/s.exec(text) ?? []
  const isExcluded = minus === '-'
  if (key !== undefined && isKey(key)) {
    const values = unquoted(rest ?? '')
      .split(',')
      .filter(Boolean)
    return { text, key, values, isExcluded }
  }
  const word = unquoted(isExcluded ? text.slice(1) : text)
  return { text, key: null, values: word === '' ? [] : [word], isExcluded }
}

function problemsOf({ text, key, values }: Term): string[] {
  const [, unknown] = /^-?([a-z]+):/.exec(text) ?? []
  if (key === null) {
    return unknown === undefined
      ? []
      : [`“${unknown}:” is no filter, so it was looked for as a word. There are ${Object.keys(fields).join(', ')}.`]
  }
  if (values.length === 0) return [`“${key}:” needs a value: ${fields[key].about}.`]
  const allowed = ALLOWED[key]
  const wrong = values.filter((value) => allowed?.includes(value) === false)
  return wrong.length === 0 ? [] : [`“${key}:” knows ${allowed?.join(', ')}, not ${wrong.join(', ')}.`]
}

/** What a query asks of a run, which is the same wherever it is answered. */
export interface Asked {
  /** Every one has to hold. */
  readonly terms: readonly Term[]
  /** Archived runs are left out where the query does not speak of them. */
  readonly leavesArchivedOut: boolean
}

export function askedOf({ terms }: RunQuery): Asked {
  const speaksOfArchive = terms.some(
    ({ key, values }) => key === 'is' && values.some((value) => value === 'archived' || value === 'active'),
  )
  // A term that is not finished, such as "tag:", asks for nothing yet.
  return { terms: terms.filter(({ values }) => values.length > 0), leavesArchivedOut: !speaksOfArchive }
}

/** Whether a run answers the query. */
export function createRunFilter(query: RunQuery): (row: RunRow) => boolean {
  const { terms, leavesArchivedOut } = askedOf(query)
  return (row) => !(leavesArchivedOut && row.isArchived) && terms.every((term) => holds(term, row))
}

/** What a run has to offer under a key. */
export function wordsUnder(key: FilterKey, row: RunRow): readonly string[] {
  return fields[key].of(row)
}

function holds({ key, values, isExcluded }: Term, row: RunRow): boolean {
  const found =
    key === null
      ? values.some((word) => row.searchText.includes(word))
      : values.some((value) => wordsUnder(key, row).some((own) => isAsked(own, value)))
  return found !== isExcluded
}

/** The whole word, or its beginning if an asterisk follows. */
function isAsked(own: string, value: string): boolean {
  return value.endsWith('*') ? own.startsWith(value.slice(0, -1)) : own === value
}

/** The value that the query asks for under a key, if it is one and no more. */
export function askedValue({ terms }: RunQuery, key: FilterKey): string | null {
  const own = terms.filter((term) => term.key === key)
  const [first] = own
  return own.length === 1 && first !== undefined && !first.isExcluded && first.values.length === 1
    ? (first.values[0] ?? null)
    : null
}

/** The query with this value under the key instead of whatever it asked there; null asks nothing. */
export function withValue(text: string, key: FilterKey, value: string | null): string {
  const others = parseRunQuery(text)
    .terms.filter((term) => term.key !== key)
    .map((term) => term.text)
  return [...others, ...(value === null ? [] : [`${key}:${value}`])].join(' ')
}

function isKey(key: string): key is FilterKey {
  return Object.hasOwn(fields, key)
}

function unquoted(text: string): string {
  return text.replaceAll('"', '')
}

function orNone(values: readonly string[]): readonly string[] {
  return values.length === 0 ? ['none'] : values
}
