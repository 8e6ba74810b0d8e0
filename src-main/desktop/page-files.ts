import { readFile, realpath } from 'node:fs/promises'
import { extname, join, resolve, sep } from 'node:path'
import type { Answer } from './answer.js'

const INDEX = 'index.html'

/** What a built page consists of. A file of any other kind is not part of it. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}

/** The built page. Places inside it stand behind a `#`, so they are never asked for here. */
export async function answerPageFile(pathname: string, root: string): Promise<Answer | null> {
  const path = pathInside(root, pathname)
  if (path === null) return null
  const wanted = path === resolve(root) ? join(path, INDEX) : path
  const mediaType = MEDIA_TYPES[extname(wanted).toLowerCase()]
  if (mediaType === undefined) return null
  try {
    const real = await realpath(wanted)
    if (!real.startsWith((await realpath(root)) + sep)) return null
    return { status: 200, mediaType, body: await readFile(real) }
  } catch (error) {
    if (isAbsence(error)) return null
    throw error
  }
}

/** Null for whatever could be understood as a place outside, also by a system other than this one. */
function pathInside(root: string, pathname: string): string | null {
  const decoded = decode(pathname)
  if (decoded === null || /[\\:\0]/.test(decoded)) return null
  const base = resolve(root)
  const path = resolve(base, `.${decoded}`)
  return path === base || path.startsWith(base + sep) ? path : null
}

function decode(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname)
  } catch {
    // Not an encoding of anything, so not the name of a file either.
    return null
  }
}

function isAbsence(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'ENAMETOOLONG'
}
