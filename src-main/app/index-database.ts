/** The file of the index as a database: opened, made anew where it is of no use, and what its errors mean. */
import { rmSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { INDEX_VERSION, TABLE } from './index-rows.js'

/** In the file's head ("unbk"), so that no database of another program is taken for an index. */
const APPLICATION_ID = 0x75_6e_62_6b
/** How long another program may be writing before this one goes on without the file. */
const BUSY_MS = 2000

/** The index holds what it should not. */
export class DamagedIndex extends Error {}

export function openDatabase(file: string): DatabaseSync {
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

export function isOfDatabase(error: unknown): boolean {
  return error instanceof DamagedIndex || error instanceof NewerIndex || sqliteCode(error) !== null
}

/** SQLITE_CORRUPT and SQLITE_NOTADB, whatever their extension, and what has the form of no index. */
export function isDamage(error: unknown): boolean {
  const primary = (sqliteCode(error) ?? 0) & 0xff
  return error instanceof DamagedIndex || primary === 11 || primary === 26
}

/** The result code of SQLite, null for an error of something else. */
function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_SQLITE_ERROR') return null
  return 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 1
}

export function removeFiles(file: string): boolean {
  try {
    for (const ending of ['', '-wal', '-shm']) rmSync(`${file}${ending}`, { force: true })
    return true
  } catch {
    // A workspace that may only be read: the caller goes on without the file.
    return false
  }
}

export function inodeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.ino ?? 0
}
