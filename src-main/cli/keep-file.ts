import { stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { invalidInput } from '../../src-shared/contract/field-errors.js'
import type { ExportedFile } from '../../src-shared/export/export-runs.js'
import { writeWhole } from '../storage/write-whole.js'
import { megabytes, printResult } from './output.js'

/** Writes a file where the user wants it, and says where it is. Nothing is written over unasked. */
export async function keepFile(
  { out, overwrite }: { readonly out: string; readonly overwrite: boolean },
  { name, content }: Pick<ExportedFile, 'name' | 'content'>,
): Promise<void> {
  const path = await placeFor(out, name, overwrite)
  await writeWhole(path, content)
  const { size } = await stat(path)
  printResult(`${relative(process.cwd(), path) || path}, ${megabytes(size)}`)
}

/** The path of the file: `out` itself, or inside it where that is a folder. Nothing is written over unasked. */
async function placeFor(out: string, name: string, overwrite: boolean): Promise<string> {
  const found = await stat(out).catch(() => null)
  const isFolder = found === null ? /[\\/]$/.test(out) : found.isDirectory()
  const path = isFolder ? join(out, name) : out
  const isThere = isFolder ? (await stat(path).catch(() => null)) !== null : found !== null
  if (!isThere || overwrite) return path
  const message = 'is there already; choose another name, or write over it with --overwrite'
  throw invalidInput([{ path: 'out', value: JSON.stringify(path), message }])
}
