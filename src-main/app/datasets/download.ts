import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../../src-shared/contract/errors.js'
import type { PublishedFile } from '../../../src-shared/model/official-datasets.js'

const ATTEMPTS = 3
const STALLED_MS = 30_000
/** A mirror may pack the same content in another way, but not in much more space. */
const MAX_GROWTH = 2
const SPARE_BYTES = 1_000_000

export interface DownloadOptions {
  readonly files: readonly PublishedFile[]
  /** Addresses of the folders where the files lie, best first. */
  readonly folders: readonly string[]
  /** Where they are put. */
  readonly into: string
  readonly signal: AbortSignal
  readonly report: (file: string, doneBytes: number, totalBytes: number) => void
}

/**
 * Fetches all files. What has arrived of a file that is cut off stays beside it as `.part`, and the next call goes on
 * from there if the server still has the same file. Throws `disconnected` that says what each address answered.
 */
export async function downloadFiles({ files, folders, into, signal, report }: DownloadOptions): Promise<void> {
  await mkdir(into, { recursive: true })
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  let before = 0
  for (const file of files) {
    await downloadFile(file, { folders, into, signal, report: (bytes) => report(file.name, before + bytes, total) })
    before += file.bytes
  }
}

type OneFile = Omit<DownloadOptions, 'files' | 'report'> & { report: (doneBytes: number) => void }

async function downloadFile(file: PublishedFile, { folders, into, signal, report }: OneFile): Promise<void> {
  const target = join(into, file.name)
  if (await exists(target)) return
  const failures: string[] = []
  for (const folder of folders) {
    const address = new URL(file.name, folder.endsWith('/') ? folder : `${folder}/`).href
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        const { wasResumed } = await fetchInto({
          address,
          target,
          maxBytes: MAX_GROWTH * file.bytes + SPARE_BYTES,
          signal,
          report,
        })
        // Parts of two different files may have been joined; a whole one is judged by its content later.
        if (wasResumed && (await md5Of(target)) !== file.md5) {
          await rm(target)
          throw new Failure('the parts do not fit together', true)
        }
        return
      } catch (error) {
        if (signal.aborted) throw new AppError({ code: 'cancelled', message: 'The download was cancelled.' })
        if (!(error instanceof Failure)) throw error
        failures.push(`${address}: ${error.message}`)
        if (!error.mayPass) break
      }
    }
  }
  throw new AppError({
    code: 'disconnected',
    message: `${file.name} could not be fetched. ${[...new Set(failures)].join('; ')}.`,
    hint: 'What has arrived is kept, and the next try goes on from there. Or fetch it by other means and use "datasets import".',
  })
}

/** What went wrong at one address, and whether trying again may help. */
class Failure extends Error {
  constructor(
    message: string,
    readonly mayPass: boolean,
  ) {
    super(message)
  }
}

/** By which a server recognises the file again. */
const Mark = z.object({ address: z.string(), validator: z.string() })

interface Fetch {
  readonly address: string
  readonly target: string
  readonly maxBytes: number
  readonly signal: AbortSignal
  readonly report: (doneBytes: number) => void
}

async function fetchInto({ address, target, maxBytes, signal, report }: Fetch): Promise<{ wasResumed: boolean }> {
  const part = `${target}.part`
  const markFile = `${part}.json`
  const there = await sizeOf(part)
  const mark = there > 0 ? await readMark(markFile) : null
  const canResume = mark?.address === address
  let progress: { done: number; total: number } | null = null
  const stall = new AbortController()
  let timer = setTimeout(() => stall.abort(), STALLED_MS)
  const alive = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => stall.abort(), STALLED_MS)
  }
  try {
    const response = await fetch(address, {
      signal: AbortSignal.any([signal, stall.signal]),
      headers: canResume ? { range: `bytes=${there}-`, 'if-range': mark.validator } : {},
    })
    const wasResumed = response.status === 206 && rangeStart(response) === there
    if ((response.status !== 200 && !wasResumed) || response.body === null) {
      await response.body?.cancel()
      // The server knows no such part of the file: the next try takes all of it.
      const isWrongPart = response.status === 416 || response.status === 206
      if (isWrongPart) await rm(part, { force: true })
      throw new Failure(`HTTP ${response.status} ${response.statusText}`.trim(), isWrongPart || response.status >= 500)
    }
    const start = wasResumed ? there : 0
    const length = lengthOf(response)
    if (start + length > maxBytes) throw new Failure(`it has ${start + length} bytes, more than it can have`, false)
    const validator = response.headers.get('etag') ?? response.headers.get('last-modified')
    if (validator !== null) await writeFile(markFile, JSON.stringify({ address, validator }))
    else await rm(markFile, { force: true })

    progress = { done: start, total: start + length }
    const file = await open(part, wasResumed ? 'a' : 'w')
    try {
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
        alive()
        progress.done += chunk.length
        if (progress.done > maxBytes) throw new Failure(`it has more than ${maxBytes} bytes`, false)
        await file.writeFile(chunk)
        report(progress.done)
      }
      await file.sync()
    } finally {
      await file.close()
    }
    if (!Number.isNaN(length) && progress.done !== progress.total) throw brokenOff(progress)
    await rename(part, target)
    await rm(markFile, { force: true })
    return { wasResumed }
  } catch (error) {
    if (error instanceof Failure || signal.aborted) throw error
    if (stall.signal.aborted) throw new Failure(`nothing came for ${STALLED_MS / 1000} seconds`, true)
    if (isFileError(error)) throw error
    throw progress === null ? new Failure(reasonOf(error), true) : brokenOff(progress)
  } finally {
    clearTimeout(timer)
  }
}

function brokenOff({ done, total }: { done: number; total: number }): Failure {
  const all = Number.isNaN(total) ? '' : ` of ${total}`
  return new Failure(`the connection broke off after ${done}${all} bytes`, true)
}

/** Bytes that follow; not a number where the server does not say, or packs them for the way. */
function lengthOf({ headers }: Response): number {
  return headers.get('content-encoding') === null ? Number(headers.get('content-length') ?? Number.NaN) : Number.NaN
}

function rangeStart(response: Response): number | null {
  const found = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')
  return found === null ? null : Number(found[1])
}

/** Errors of the disk have a path or a call of the file system; those of the network have not. */
function isFileError(error: unknown): boolean {
  const { syscall } = error as NodeJS.ErrnoException
  return syscall !== undefined && ['open', 'write', 'fsync', 'rename', 'close', 'unlink'].includes(syscall)
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error && cause.message !== '' ? `${message}: ${cause.message}` : message
}

async function readMark(path: string): Promise<z.infer<typeof Mark> | null> {
  const text = await readFile(path, 'utf8').catch(() => '{}')
  try {
    return Mark.safeParse(JSON.parse(text)).data ?? null
  } catch {
    // Cut off while it was written: the file is fetched anew.
    return null
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}

async function exists(path: string): Promise<boolean> {
  return (await sizeOf(path)) > 0
}

async function md5Of(path: string): Promise<string> {
  const hash = createHash('md5')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array)
  return hash.digest('hex')
}
