import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../src-shared/contract/errors.js'
import { toldWhere } from './no-room.js'

/** A holder that lives says so this often; one that has been silent for longer than the limit is gone. */
const BEAT_MS = 10_000
const SILENT_MS = 60_000

const Holder = z.object({ pid: z.int(), host: z.string(), since: z.iso.datetime(), doing: z.string() })
type Holder = z.infer<typeof Holder>

export interface FileLock {
  release(): void
}

/**
 * Takes the lock or throws `busy` that names who holds it and what for. A lock whose process is gone, or that has not
 * been touched for a minute (by another machine on a shared disk, say), is taken over.
 */
export function takeLock(path: string, doing: string): FileLock {
  mkdirSync(dirname(path), { recursive: true })
  const mine: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString(), doing }
  const text = JSON.stringify(mine)
  for (let attempt = 0; !create(path, text); attempt++) {
    const found = readLock(path)
    // It may have been released since, or be just about to be written.
    if (found === null && attempt < 3) continue
    if (found !== null && !isGone(found)) throw held(path, found.holder)
    if (attempt >= 3) throw held(path, null)
    if (found !== null) takeAway(path, found.text)
  }
  const beat = setInterval(() => {
    const now = new Date()
    // Whoever removed it by hand wanted it so.
    if (readLock(path)?.text === text) utimesSync(path, now, now)
  }, BEAT_MS)
  beat.unref()
  return {
    release() {
      clearInterval(beat)
      if (readLock(path)?.text === text) rmSync(path, { force: true })
    },
  }
}

/** How often a lock that somebody else has for a moment is asked for again. */
const RETRY_MS = 20

/** Does the work while holding the lock. Throws `busy` if somebody else does not give it back within `patienceMs`. */
export async function withLock<T>(path: string, doing: string, patienceMs: number, work: () => Promise<T>): Promise<T> {
  const lock = await waitForLock(path, doing, performance.now() + patienceMs)
  try {
    return await work()
  } finally {
    lock.release()
  }
}

async function waitForLock(path: string, doing: string, untilMs: number): Promise<FileLock> {
  for (;;) {
    try {
      return takeLock(path, doing)
    } catch (error) {
      const isHeld = error instanceof AppError && error.code === 'busy'
      if (!isHeld || performance.now() > untilMs) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
}

/** Whether somebody holds the lock who is still there. */
export function isLockHeld(path: string): boolean {
  const found = readLock(path)
  return found !== null && !isGone(found)
}

function create(path: string, text: string): boolean {
  try {
    const file = openSync(path, 'wx')
    try {
      writeSync(file, text)
    } catch (error) {
      // It is this process's, and says nothing: on a full disk a name still finds room.
      rmSync(path, { force: true })
      throw error
    } finally {
      closeSync(file)
    }
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    const told = toldWhere(error, path, text.length)
    if (told instanceof AppError) throw told
    throw new AppError(
      { code: 'storage', message: `${path} cannot be written: ${(error as Error).message}` },
      { cause: error },
    )
  }
}

interface FoundLock {
  readonly text: string
  readonly holder: Holder | null
  readonly touched: number
}

function readLock(path: string): FoundLock | null {
  try {
    const text = readFileSync(path, 'utf8')
    return { text, holder: holderIn(text), touched: statSync(path).mtimeMs }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function holderIn(text: string): Holder | null {
  try {
    return Holder.parse(JSON.parse(text))
  } catch {
    // Half written, or by something else: its age decides.
    return null
  }
}

function isGone({ holder, touched }: FoundLock): boolean {
  if (Date.now() - touched > SILENT_MS) return true
  if (holder === null || holder.host !== hostname()) return false
  try {
    process.kill(holder.pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** Removes the lock of someone who is gone, unless someone else has just done so and taken it. */
function takeAway(path: string, text: string): void {
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if (readFileSync(aside, 'utf8') === text) rmSync(aside, { force: true })
  else renameSync(aside, path)
}

function held(path: string, holder: Holder | null): AppError {
  const who = holder === null ? 'another process' : `process ${holder.pid} on ${holder.host}, since ${holder.since}`
  const doing = holder === null ? '' : ` (${holder.doing})`
  return new AppError({
    code: 'busy',
    message: `It is in use by ${who}${doing}.`,
    hint: `Wait until that is done. If nothing of it runs any more, remove ${path}`,
  })
}
