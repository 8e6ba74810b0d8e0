/**
 * The index of a workspace: what the list says of every run, in SQLite, so that ten thousand are filtered and sorted
 * without reading their folders. It can be deleted at any moment and is then made anew, for nothing is kept in it alone.
 */
import { rmSync, statSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { RunListing } from '../../src-shared/model/run-record.js'
import type { RunListRequest } from '../../src-shared/runs/run-list.js'
import { askedOf, filterKeys, parseRunQuery, wordsUnder, type Term } from '../../src-shared/runs/run-query.js'
import { runRow, sortKeys } from '../../src-shared/runs/run-row.js'
import { parseJson } from './read-json.js'

/** Raised with every change of the table or of what is put into it: an index with another number is made anew. */
const INDEX_VERSION = 1
/** In the file's head ("unbk"), so that no database of another program is taken for an index. */
const APPLICATION_ID = 0x75_6e_62_6b
/** How long another program may be writing before this one goes on without the file. */
const BUSY_MS = 2000
const MEMORY = ':memory:'
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

export type KnownFolder = Omit<IndexedFolder, 'listing'> & { readonly isUnderWay: boolean }

const nothingKnown: Omit<KnownFolder, 'name'> = { folderStamp: '', filesStamp: '', problem: null, isUnderWay: false }

export interface RunIndex {
  /** By name of the folder. */
  known(): ReadonlyMap<string, KnownFolder>
  update(changed: readonly IndexedFolder[], gone: readonly string[]): void
  list(request: RunListRequest): { runs: RunListing[]; total: number }
  /** After an error of the database: a fresh file, and one in memory if that fails too. False if it cannot help. */
  replace(error: unknown): boolean
  close(): void
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
const TABLE = `CREATE TABLE runs (${columns.join(', ')})`
const INSERT = `INSERT OR REPLACE INTO runs VALUES (${columns.map(() => '?').join(', ')})`

/** `log` hears, in words, when the file could not be used as it was. */
export function createRunIndex(path: string, log: (problem: unknown) => void): RunIndex {
  let file = path
  let inode = 0
  let database: DatabaseSync | null = null
  let dataVersion: unknown = null
  let known = new Map<string, KnownFolder>()
  /** Parsed listings, with the state that they are of. */
  const parsed = new Map<string, { stamp: string; listing: RunListing }>()

  const open = (): DatabaseSync => {
    // Whoever deleted the file wants another; and two files must never share what is written ahead.
    if (database !== null && file !== MEMORY && inodeOf(file) !== inode) close()
    if (database !== null) return database
    database = openDatabase(file)
    if (file !== MEMORY) inode = inodeOf(file)
    dataVersion = null
    return database
  }

  const close = (): void => {
    if (database?.isOpen === true) database.close()
    database = null
  }

  const listingOf = (name: string): RunListing => {
    const { folderStamp, filesStamp, isUnderWay: isOpen } = known.get(name) ?? nothingKnown
    // A run may have been found to be lost, and its record settled, after its state was noted.
    const stamp = `${folderStamp} ${filesStamp} ${isOpen}`
    const kept = parsed.get(name)
    if (kept?.stamp === stamp) return kept.listing
    const row = open().prepare('SELECT listing FROM runs WHERE name = ?').get(name)
    const listing = RunListing.safeParse(parseJson(String(row?.['listing'])))
    if (!listing.success) throw new DamagedIndex(`what it holds of ${name} cannot be understood`)
    parsed.set(name, { stamp, listing: listing.data })
    return listing.data
  }

  /** Names of folders, in order. */
  const select = (filter: string | null, sort: RunListRequest['sort']): string[] => {
    const { where, values } = condition(filter)
    const direction = sort?.isDescending === true ? 'DESC' : 'ASC'
    const order = sort === null ? '' : `by_${sort.key} IS NULL, by_${sort.key} ${direction}, `
    const query = `SELECT name FROM runs WHERE problem IS NULL${where} ORDER BY ${order}name DESC`
    const rows = open()
      .prepare(query)
      .all(...values)
    return rows.map((row) => String(row['name']))
  }

  return {
    known() {
      const now = open().prepare('PRAGMA data_version').get()?.['data_version']
      if (now === dataVersion) return known
      const rows = open().prepare('SELECT name, folderStamp, filesStamp, problem, isUnderWay FROM runs').all()
      known = new Map(rows.map((row) => [String(row['name']), knownFolder(row)]))
      dataVersion = now
      return known
    },

    update(changed, gone) {
      if (changed.length + gone.length === 0) return
      const into = open()
      into.exec('BEGIN IMMEDIATE')
      try {
        const insert = into.prepare(INSERT)
        for (const folder of changed) insert.run(...rowOf(folder))
        const remove = into.prepare('DELETE FROM runs WHERE name = ?')
        for (const name of gone) remove.run(name)
        into.exec('COMMIT')
      } catch (error) {
        if (into.isTransaction) into.exec('ROLLBACK')
        throw error
      }
      for (const { listing, ...folder } of changed) {
        known.set(folder.name, { ...folder, isUnderWay: isUnderWay(listing) })
        parsed.delete(folder.name)
      }
      for (const name of gone) {
        known.delete(name)
        parsed.delete(name)
      }
    },

    list({ filter, sort, offset, limit }) {
      const names = filter === null && sort === null ? newestFirst(known) : select(filter, sort)
      const part = names.slice(offset, limit === null ? undefined : offset + limit)
      return { runs: part.map(listingOf), total: names.length }
    },

    replace(error) {
      if (!isOfDatabase(error) || file === MEMORY) return false
      close()
      parsed.clear()
      known = new Map()
      const reason = error instanceof Error ? error.message : String(error)
      if (isDamage(error) && removeFiles(file)) {
        log(new Error(`The index of the runs, ${file}, is made anew: ${reason}.`))
        return true
      }
      log(new Error(`The index of the runs, ${file}, cannot be used, so it is kept in memory: ${reason}.`))
      file = MEMORY
      return true
    },

    close() {
      close()
      // Whoever is still reading goes on without the file.
      file = MEMORY
    },
  }
}

/** The index holds what it should not. */
class DamagedIndex extends Error {}

function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_MS })
  try {
    // The file may have come with a stranger's workspace.
    database.exec('PRAGMA trusted_schema = OFF')
    database.exec('PRAGMA journal_mode = WAL')
    database.exec('PRAGMA synchronous = NORMAL')
    if (!isIndex(database)) {
      database.exec('BEGIN IMMEDIATE')
      // Another program may have made it in the meantime.
      if (!isIndex(database)) {
        database.exec(TABLE)
        database.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
        database.exec(`PRAGMA user_version = ${INDEX_VERSION}`)
      }
      database.exec('COMMIT')
    }
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** False for an empty file. Throws for one that holds anything else than an index of this version. */
function isIndex(database: DatabaseSync): boolean {
  const schema = database.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL').all()
  if (schema.length === 0) return false
  const version = database.prepare('PRAGMA user_version').get()?.['user_version']
  const application = database.prepare('PRAGMA application_id').get()?.['application_id']
  if (application === APPLICATION_ID && Number(version) > INDEX_VERSION) {
    throw new NewerIndex(`it is of version ${String(version)}, and this program knows version ${INDEX_VERSION}`)
  }
  if (schema.length !== 1 || schema[0]?.['sql'] !== TABLE || version !== INDEX_VERSION) {
    throw new DamagedIndex('it is not an index of this version')
  }
  return true
}

/** Another program that is newer uses the file; it is left to that. */
class NewerIndex extends Error {}

function isOfDatabase(error: unknown): boolean {
  return error instanceof DamagedIndex || error instanceof NewerIndex || sqliteCode(error) !== null
}

/** SQLITE_CORRUPT and SQLITE_NOTADB, whatever their extension, and what has the form of no index. */
function isDamage(error: unknown): boolean {
  const primary = (sqliteCode(error) ?? 0) & 0xff
  return error instanceof DamagedIndex || primary === 11 || primary === 26
}

/** The result code of SQLite, null for an error of something else. */
function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_SQLITE_ERROR') return null
  return 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 1
}

function removeFiles(file: string): boolean {
  try {
    for (const ending of ['', '-wal', '-shm']) rmSync(`${file}${ending}`, { force: true })
    return true
  } catch {
    // A workspace that may only be read: the caller goes on without the file.
    return false
  }
}

function inodeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.ino ?? 0
}

function newestFirst(known: ReadonlyMap<string, KnownFolder>): string[] {
  const runs = [...known.values()].filter(({ problem }) => problem === null)
  return runs
    .map(({ name }) => name)
    .toSorted()
    .toReversed()
}

function knownFolder(row: Record<string, unknown>): KnownFolder {
  const problem = row['problem']
  return {
    name: String(row['name']),
    folderStamp: String(row['folderStamp']),
    filesStamp: String(row['filesStamp']),
    problem: problem === 'unreadable' || problem === 'newer' ? problem : null,
    isUnderWay: row['isUnderWay'] === 1,
  }
}

function isUnderWay(listing: RunListing | null): boolean {
  return listing?.status === 'queued' || listing?.status === 'running'
}

/** In the order of the columns. */
function rowOf({ name, folderStamp, filesStamp, listing, problem }: IndexedFolder): SQLInputValue[] {
  const row = listing === null ? null : runRow(listing)
  return [
    name,
    folderStamp,
    filesStamp,
    problem,
    Number(isUnderWay(listing)),
    Number(row?.isArchived ?? false),
    ...sortKeys.map((key) => row?.[key] ?? null),
    ...filterKeys.map((key) => (row === null ? '' : `${PART}${wordsUnder(key, row).join(PART)}${PART}`)),
    row?.searchText ?? '',
    listing === null ? null : JSON.stringify(listing),
  ]
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
