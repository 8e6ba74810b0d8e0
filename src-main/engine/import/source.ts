import { createHash } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AppError } from '../../../src-shared/contract/errors.js'
import { badFile } from './bad-file.js'
import { isHidden } from './entry-path.js'
import { isGzip, unpackGzip } from './gzip.js'
import { unpackedLimit, type ImportLimits } from './limits.js'
import { isTar, readTar } from './tar.js'
import { isZip, readZip } from './zip.js'

/** A file of a folder or archive. */
export interface SourceFile {
  /** Inside the folder or archive, with forward slashes. */
  readonly path: string
  readonly size: number
  read(): Promise<Uint8Array>
}

/** What is imported from: a folder, an archive, or one file; always a list of files. */
export interface Source {
  /** Last part of its path: what messages call it. */
  readonly name: string
  readonly kind: 'folder' | 'archive' | 'file'
  /** Without hidden files, sorted by path. */
  readonly files: readonly SourceFile[]
  /** Links in a folder. They are not followed; who imports says whether they matter. */
  readonly links: readonly string[]
  /** Of an archive as a whole. */
  readonly md5: string | null
}

/** Opens what lies at the path. Throws `not-found`, or `invalid-input` that names the file or entry that is wrong. */
export async function openSource(path: string, limits: ImportLimits): Promise<Source> {
  const name = basename(path)
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw unreadable(path, error)
    throw new AppError({ code: 'not-found', message: `There is no file or folder ${path}.` })
  })
  if (found.isDirectory()) return openFolder(path, limits)
  if (!found.isFile()) throw badFile(name, 'is neither a file nor a folder')
  if (found.size > limits.archiveBytes) {
    throw badFile(
      name,
      `has ${found.size} bytes; at most ${limits.archiveBytes} are read at once. Unpack it and import the folder`,
    )
  }
  const bytes = await readBytes(path)
  const archive = openArchive(bytes, name, limits)
  if (archive === null) {
    return {
      name,
      kind: 'file',
      md5: null,
      links: [],
      files: [{ path: name, size: bytes.length, read: async () => bytes }],
    }
  }
  return {
    name,
    kind: 'archive',
    md5: createHash('md5').update(bytes).digest('hex'),
    links: [],
    files: tidy(archive.map((file) => ({ ...file, read: async () => file.read() }))),
  }
}

function openArchive(bytes: Uint8Array, name: string, limits: ImportLimits): ReturnType<typeof readTar> | null {
  if (isZip(bytes)) return readZip(bytes, name, limits)
  if (isTar(bytes)) return readTar(bytes, name, limits)
  if (!isGzip(bytes) || !/[.](tar[.]gz|tgz)$/i.test(name)) return null
  const unpacked = unpackGzip(bytes, name, unpackedLimit(limits, bytes.length))
  if (!isTar(unpacked)) throw badFile(name, 'does not unpack to a tar archive', 0)
  return readTar(unpacked, name, limits)
}

async function openFolder(root: string, limits: ImportLimits): Promise<Source> {
  const files: SourceFile[] = []
  const links: string[] = []
  let entries = 0
  const walk = async (inside: string, depth: number): Promise<void> => {
    if (depth > limits.depth) throw badFile(inside, `lies deeper than ${limits.depth} folders`)
    const folder = join(root, inside)
    const found: Dirent[] = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      throw unreadable(folder, error)
    })
    for (const entry of found) {
      entries += 1
      if (entries > limits.entries) throw badFile(basename(root), `has more than ${limits.entries} entries`)
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`
      if (isHidden(entry.name)) continue
      if (entry.isDirectory()) await walk(path, depth + 1)
      else if (entry.isSymbolicLink()) links.push(path)
      else if (entry.isFile()) {
        const full = join(root, path)
        const { size } = await stat(full)
        files.push({ path, size, read: () => readBytes(full) })
      }
    }
  }
  await walk('', 1)
  return { name: basename(root), kind: 'folder', files: tidy(files), links, md5: null }
}

function tidy(files: readonly SourceFile[]): SourceFile[] {
  return files
    .filter(({ path }) => !isHidden(path))
    .toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
}

async function readBytes(path: string): Promise<Uint8Array> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error)
  })
}

function unreadable(path: string, error: NodeJS.ErrnoException): AppError {
  return new AppError({ code: 'storage', message: `${path} cannot be read: ${error.message}` }, { cause: error })
}
