// One process at a time, over several clones and, with a shared home folder, several machines.
//
// A lock is a folder of numbered files; the highest number says who holds it, or that it is free. Numbers only grow, and
// a dead owner is overtaken by creating the next number, never by deleting his file: of two processes that notice the
// death at once, only one can create it.

import { randomUUID } from 'node:crypto'
import {
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { detail, step } from './say.mjs'

/**
 * @typedef {{ pid: number, birth: string | null, host: string, since: string }} Owner
 * @typedef {{ pid?: never }} Nobody
 */

const pollMilliseconds = 200
const heartbeatMilliseconds = 10_000
/** Another machine's processes cannot be asked whether they live, so silence has to do. */
const silenceMilliseconds = 5 * 60_000

/**
 * @template T
 * @param {string} folder
 * @param {string} purpose said to those who wait
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(folder, purpose, work) {
  const release = await acquire(folder, purpose)
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.removeListener('exit', release)
    release()
  }
}

/**
 * @param {string} folder
 * @param {string} purpose
 * @returns {Promise<() => void>} gives the lock back
 */
async function acquire(folder, purpose) {
  mkdirSync(folder, { recursive: true })
  let told = ''
  for (;;) {
    const highest = highestNumber(folder)
    const owner = liveOwner(join(folder, String(highest)))
    if (owner) {
      const text = `waiting until process ${owner.pid} on ${owner.host} is done with it (since ${owner.since})`
      if (text !== told) step(purpose, (told = text))
      await sleep(pollMilliseconds)
      continue
    }
    const path = join(folder, String(highest + 1))
    if (!create(path)) continue
    // Somebody may have passed this number and cleaned it up between our look and our creating it.
    if (highestNumber(folder) === highest + 1) return hold(folder, highest + 1)
    rmSync(path, { force: true })
  }
}

/** @param {string} folder */
function highestNumber(folder) {
  return Math.max(0, ...readdirSync(folder).map((name) => (/^\d+$/.test(name) ? Number(name) : 0)))
}

/**
 * The file appears with its content in one step (a link to a finished file), so nobody ever reads half an owner.
 * @param {string} path
 * @returns {boolean} false when somebody else was faster
 */
function create(path) {
  /** @type {Owner} */
  const owner = {
    pid: process.pid,
    birth: birthOf(process.pid),
    host: hostname(),
    since: new Date().toISOString(),
  }
  const draft = `${path}.${randomUUID()}.draft`
  writeFileSync(draft, JSON.stringify(owner))
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

/**
 * @param {string} folder
 * @param {number} number
 * @returns {() => void}
 */
function hold(folder, number) {
  for (const name of readdirSync(folder)) {
    if (Number(name) < number) rmSync(join(folder, name), { force: true })
  }
  const path = join(folder, String(number))
  const heartbeat = setInterval(
    () => ignoringErrors(() => utimesSync(path, new Date(), new Date())),
    heartbeatMilliseconds,
  )
  heartbeat.unref()
  return () => {
    clearInterval(heartbeat)
    const draft = `${path}.free.draft`
    // Marked as free rather than deleted, so that the numbers go on growing.
    ignoringErrors(() => {
      writeFileSync(draft, '{}')
      renameSync(draft, path)
    })
  }
}

/**
 * For what fails only when somebody removed the whole folder under us, which the work itself will notice.
 * @param {() => void} action
 */
function ignoringErrors(action) {
  try {
    action()
  } catch {
    // See above.
  }
}

/**
 * @param {string} path
 * @returns {Owner | null} null when nobody alive holds it
 */
function liveOwner(path) {
  try {
    /** @type {Owner | Nobody} */
    const owner = JSON.parse(readFileSync(path, 'utf8'))
    if (owner.pid === undefined) return null
    if (owner.host !== hostname()) {
      return Date.now() - statSync(path).mtimeMs < silenceMilliseconds ? owner : null
    }
    if (isAlive(owner)) return owner
    detail('lock', `process ${owner.pid} ended without giving ${path} back; taking over`)
    return null
  } catch {
    // There is none, or it was overtaken between the listing and the reading.
    return null
  }
}

/** @param {Owner} owner */
function isAlive(owner) {
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    // "No permission" still means that the process exists.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
  // Process numbers are used again; the time of birth is not.
  return owner.birth === null || birthOf(owner.pid) === owner.birth
}

/**
 * @param {number} pid
 * @returns {string | null} null where the system does not tell, or for a dead process that nobody has collected yet
 */
function birthOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[0] === 'Z' ? null : (fields[19] ?? null)
  } catch {
    return null
  }
}
