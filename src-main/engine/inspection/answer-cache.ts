import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'

/** All entries together. */
const MAX_BYTES = 256 * 1024 * 1024
/** What is left once the oldest have been taken away. */
const KEPT_BYTES = 0.8 * MAX_BYTES
/** Raised with every change of what is computed, so that older answers are not found any more. */
const CACHE_VERSION = 1
const ENDING = '.json'

/** Answers kept on disk under what they follow from. Losing one costs the time to compute it again. */
export interface AnswerCache {
  /** What was kept under these parts, if it still has its form; else what `make` returns, which is kept. */
  through<S extends z.ZodType>(
    parts: readonly unknown[],
    schema: S,
    make: () => Promise<z.output<S>>,
  ): Promise<z.output<S>>
  get<S extends z.ZodType>(parts: readonly unknown[], schema: S): Promise<z.output<S> | null>
  put(parts: readonly unknown[], answer: unknown): Promise<void>
}

/** In a folder that only its owner can read; the entries that were not asked for longest go first. */
export function createAnswerCache(folder: string, maxBytes = MAX_BYTES, keptBytes = KEPT_BYTES): AnswerCache {
  let bytes: number | null = null
  let tidying: Promise<void> | null = null

  const pathOf = (parts: readonly unknown[]): string =>
    join(folder, `${hashOf(JSON.stringify([CACHE_VERSION, ...parts]))}${ENDING}`)

  async function get<S extends z.ZodType>(parts: readonly unknown[], schema: S): Promise<z.output<S> | null> {
    const path = pathOf(parts)
    const text = await readFile(path, 'utf8').catch(ignoreMissing)
    if (text === null) return null
    const parsed = schema.safeParse(parseJson(text))
    if (!parsed.success) return null
    const now = new Date()
    await utimes(path, now, now).catch(ignoreMissing)
    return parsed.data
  }

  async function put(parts: readonly unknown[], answer: unknown): Promise<void> {
    const path = pathOf(parts)
    const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
    const text = JSON.stringify(answer)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(temporary, text, { mode: 0o600 })
    await rename(temporary, path)
    bytes = (bytes ?? (await entriesOf(folder)).reduce((sum, { size }) => sum + size, 0)) + text.length
    if (bytes > maxBytes) {
      tidying ??= tidy().finally(() => {
        tidying = null
      })
      await tidying
    }
  }

  async function tidy(): Promise<void> {
    const entries = (await entriesOf(folder)).toSorted((a, b) => a.usedMs - b.usedMs)
    let left = entries.reduce((sum, { size }) => sum + size, 0)
    for (const { path, size } of entries) {
      if (left <= keptBytes) break
      await rm(path, { force: true })
      left -= size
    }
    bytes = left
  }

  return {
    get,
    put,
    async through(parts, schema, make) {
      const found = await get(parts, schema)
      if (found !== null) return found
      const made = await make()
      await put(parts, made)
      return made
    },
  }
}

export function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

async function entriesOf(folder: string): Promise<{ path: string; size: number; usedMs: number }[]> {
  const names = (await readdir(folder).catch(ignoreMissing)) ?? []
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      const facts = await stat(path).catch(ignoreMissing)
      return facts === null ? null : { path, size: facts.size, usedMs: facts.mtimeMs }
    }),
  )
  return found.filter((entry) => entry !== null)
}

/** Another process may have tidied up in between. */
function ignoreMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}

/** A file that was cut off is no answer. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
