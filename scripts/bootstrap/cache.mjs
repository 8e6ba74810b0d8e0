// The per-user cache: engines/, addons/, and tmp/ for whatever is still being made.

import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { withLock } from './lock.mjs'
import { Problem, messageOf } from './say.mjs'

/**
 * @param {Record<string, string | undefined>} env
 * @param {NodeJS.Platform} platform
 * @returns {string}
 */
export function cacheFolder(env = process.env, platform = process.platform) {
  if (env.UNBACKDOOR_CACHE) return resolve(env.UNBACKDOOR_CACHE)
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'unbackdoor', 'cache')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'unbackdoor')
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'unbackdoor')
}

/**
 * Runs `work` with the cache to itself and an empty room inside it. Since only the holder of the lock writes to tmp/,
 * all that lies there when it is acquired was left by a process that was killed.
 * @template T
 * @param {string} cache
 * @param {(room: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withRoom(cache, work) {
  const lock = join(cache, 'lock')
  try {
    mkdirSync(lock, { recursive: true })
  } catch (error) {
    throw new Problem(
      `The cache folder ${cache} cannot be written: ${messageOf(error)}.`,
      'Make it writable, or name another folder in the environment variable UNBACKDOOR_CACHE.',
    )
  }
  return withLock(lock, 'engine', async () => {
    const tmp = join(cache, 'tmp')
    remove(tmp)
    mkdirSync(tmp, { recursive: true })
    const room = mkdtempSync(join(tmp, 'room-'))
    const cleanUp = () => remove(room)
    process.once('exit', cleanUp)
    try {
      return await work(room)
    } finally {
      process.removeListener('exit', cleanUp)
      cleanUp()
    }
  })
}

/**
 * Moves a finished folder to its place in one step, after its content has reached the disk: a power cut leaves either
 * the whole folder or none.
 * @param {string} room where `finished` was made; a broken predecessor is put there to be thrown away
 * @param {string} finished
 * @param {string} place
 */
export function publish(room, finished, place) {
  flush(finished)
  mkdirSync(dirname(place), { recursive: true })
  try {
    renameSync(place, mkdtempSync(join(room, 'old-')))
  } catch {
    // The usual case: there is none.
  }
  renameSync(finished, place)
  flushOne(dirname(place))
}

/** @param {string} folder */
function flush(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) flush(path)
    else if (entry.isFile()) flushOne(path)
  }
  flushOne(folder)
}

/** @param {string} path */
function flushOne(path) {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** @param {string} path */
function remove(path) {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 })
  } catch {
    // An orphaned helper may still write here; the next holder of the lock tries again.
  }
}
