import { badFile } from './bad-file.js'
import type { ImportLimits } from './limits.js'

/**
 * The path of an archive's entry with forward slashes, inside the archive. Refuses whatever could lead out of a folder,
 * though nothing is ever unpacked to the disk.
 */
export function entryPath(raw: string, archive: string, limits: ImportLimits): string {
  const refuse = (why: string): Error => badFile(archive, `the entry ${JSON.stringify(raw.slice(0, 200))} ${why}`)
  if (raw.length > limits.pathLength) throw refuse(`has a name of more than ${limits.pathLength} characters`)
  if (/\p{Cc}/u.test(raw)) throw refuse('has a control character in its name')
  if (raw.startsWith('/')) throw refuse('has an absolute path')
  if (/^[a-zA-Z]:/.test(raw)) throw refuse('names a drive')
  if (raw.includes('\\')) throw refuse('has a backslash in its name')
  const parts = raw.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) throw refuse('leads out of the archive by ".."')
  if (parts.length > limits.depth) throw refuse(`lies deeper than ${limits.depth} folders`)
  return parts.join('/')
}

/** Files that systems and programs leave behind and nobody means: names that begin with a dot, and resource forks. */
export function isHidden(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX')
}
