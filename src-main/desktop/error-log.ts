import { randomBytes } from 'node:crypto'
import { appendFile, mkdir, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { inspect } from 'node:util'

/** Beyond this the file is put aside, so that two such files is the most there ever is. */
const MAX_BYTES = 1024 * 1024

export interface ErrorLog {
  /** Keeps an unexpected error; returns the id to find it by. */
  log(error: unknown): string
  /** Once everything is on disk. */
  settled(): Promise<void>
}

/** A window has no terminal, so what went wrong is kept in a file; who has a terminal sees it there too. */
export function createErrorLog(file: string, now: () => Date): ErrorLog {
  let writes = putAside(file).catch((cause: unknown) => console.error(cause))
  const append = async (line: string, earlier: Promise<void>): Promise<void> => {
    await earlier
    await appendFile(file, line).catch((cause: unknown) => console.error(cause))
  }
  return {
    log(error) {
      const id = randomBytes(4).toString('hex')
      console.error(`[${id}]`, error)
      writes = append(`${now().toISOString()} [${id}] ${inspect(error)}\n`, writes)
      return id
    },
    settled: () => writes,
  }
}

async function putAside(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  )
  if (size > MAX_BYTES) await rename(file, `${file}.old`)
}
