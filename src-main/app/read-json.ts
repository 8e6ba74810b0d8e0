import { readFile, stat } from 'node:fs/promises'
import { AppError } from '../../src-shared/contract/errors.js'

export function storageError(message: string, cause: unknown): AppError {
  return new AppError({ code: 'storage', message }, { cause })
}

/** Records, plans and annotations are far smaller. */
const MAX_BYTES = 64_000_000

/**
 * The text of a file, null if there is none. Throws `storage` if there is one that cannot be read, or that is larger than
 * `maxBytes`, before any memory is taken for it.
 */
export async function readIfThere(path: string, maxBytes = MAX_BYTES): Promise<string | null> {
  try {
    const { size } = await stat(path)
    if (size > maxBytes) throw storageError(`${path} has ${size} bytes, more than the ${maxBytes} that are read`, null)
    return await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    if (cause instanceof AppError) throw cause
    throw storageError(`${path} cannot be read: ${(cause as Error).message}`, cause)
  }
}

/** Undefined for what is no JSON: the schema that follows refuses it with a better message than the parser's. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
