import { readFile } from 'node:fs/promises'
import { AppError } from '../../src-shared/contract/errors.js'

export function storageError(message: string, cause: unknown): AppError {
  return new AppError({ code: 'storage', message }, { cause })
}

/** The text of a file, null if there is none. Throws `storage` if there is one that cannot be read. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
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
