/**
 * The index of a workspace: what the list says of every run, in SQLite, so that ten thousand are filtered and sorted
 * without reading their folders. It can be deleted at any moment and is then made anew, for nothing is kept in it alone.
 */
import type { DatabaseSync } from 'node:sqlite'
import { RunListing } from '../../src-shared/model/run-record.js'
import type { RunListRequest } from '../../src-shared/runs/run-list.js'
import { DamagedIndex, inodeOf, isDamage, isOfDatabase, openDatabase, removeFiles } from './index-database.js'
import { INSERT, rowOf, selection, type IndexedFolder } from './index-rows.js'
import { isUnderWay } from './lost-runs.js'
import { parseJson } from './read-json.js'

const MEMORY = ':memory:'

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

  const select = (filter: string | null, sort: RunListRequest['sort']): string[] => {
    const { query, values } = selection(filter, sort)
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
        known.set(folder.name, { ...folder, isUnderWay: listing !== null && isUnderWay(listing) })
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
