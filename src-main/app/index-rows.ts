/** The table of the index: what is put into it of each run, and how it is asked for. */
import type { SQLInputValue } from 'node:sqlite'
import type { RunListing } from '../../src-shared/model/run-record.js'
import { askedOf, filterKeys, parseRunQuery, wordsUnder, type Term } from '../../src-shared/runs/run-query.js'
import { runRow, sortKeys, type Sorting } from '../../src-shared/runs/run-row.js'
import { isUnderWay } from './lost-runs.js'

/** Raised with every change of the table or of what is put into it: an index with another number is made anew. */
export const INDEX_VERSION = 1
/** Between the words of a column; it occurs in none. */
const PART = '\u001F'

/** What is known of a folder under `runs`, and the state of it and its files when it was looked at. */
export interface IndexedFolder {
  readonly name: string
  readonly folderStamp: string
  readonly filesStamp: string
  /** Null: it is no run, is damaged, or is of a newer version. */
  readonly listing: RunListing | null
  readonly problem: 'unreadable' | 'newer' | null
}

const columns = [
  'name TEXT PRIMARY KEY',
  'folderStamp TEXT NOT NULL',
  'filesStamp TEXT NOT NULL',
  'problem TEXT',
  'isUnderWay INTEGER NOT NULL',
  'isArchived INTEGER NOT NULL',
  ...sortKeys.map((key) => `by_${key}`),
  ...filterKeys.map((key) => `with_${key} TEXT NOT NULL`),
  'words TEXT NOT NULL',
  // The longest comes last, so that what is asked for is found without reading past it.
  'listing TEXT',
]
export const TABLE = `CREATE TABLE runs (${columns.join(', ')})`
export const INSERT = `INSERT OR REPLACE INTO runs VALUES (${columns.map(() => '?').join(', ')})`

/** In the order of the columns. */
export function rowOf({ name, folderStamp, filesStamp, listing, problem }: IndexedFolder): SQLInputValue[] {
  const row = listing === null ? null : runRow(listing)
  return [
    name,
    folderStamp,
    filesStamp,
    problem,
    Number(listing !== null && isUnderWay(listing)),
    Number(row?.isArchived ?? false),
    ...sortKeys.map((key) => row?.[key] ?? null),
    ...filterKeys.map((key) => (row === null ? '' : `${PART}${wordsUnder(key, row).join(PART)}${PART}`)),
    row?.searchText ?? '',
    listing === null ? null : JSON.stringify(listing),
  ]
}

/** Asks for the names of folders that hold runs, in order. */
export function selection(filter: string | null, sort: Sorting | null): { query: string; values: string[] } {
  const { where, values } = condition(filter)
  const direction = sort?.isDescending === true ? 'DESC' : 'ASC'
  const order = sort === null ? '' : `by_${sort.key} IS NULL, by_${sort.key} ${direction}, `
  return { query: `SELECT name FROM runs WHERE problem IS NULL${where} ORDER BY ${order}name DESC`, values }
}

/** The same that `createRunFilter` says, as SQL. */
function condition(filter: string | null): { where: string; values: string[] } {
  if (filter === null) return { where: '', values: [] }
  const { terms, leavesArchivedOut } = askedOf(parseRunQuery(filter))
  const values: string[] = []
  const clauses = terms.map(({ key, values: wanted, isExcluded }: Term) => {
    const alternatives = wanted.map((value) => {
      values.push(key === null ? value : wordPart(value))
      return `instr(${key === null ? 'words' : `with_${key}`}, ?) > 0`
    })
    return ` AND ${isExcluded ? 'NOT ' : ''}(${alternatives.join(' OR ')})`
  })
  return { where: (leavesArchivedOut ? ' AND isArchived = 0' : '') + clauses.join(''), values }
}

/** A whole word of a column, or its beginning if an asterisk follows. */
function wordPart(value: string): string {
  return value.endsWith('*') ? `${PART}${value.slice(0, -1)}` : `${PART}${value}${PART}`
}
