import { join } from 'node:path'
import { invalidInput } from '../../src-shared/contract/field-errors.js'
import {
  ANNOTATIONS_FORMAT,
  ANNOTATIONS_VERSION,
  AnnotationsFile,
  changedAnnotations,
  MAX_TAGS,
  noAnnotations,
  type AnnotationsChange,
  type RunAnnotations,
} from '../../src-shared/model/run-annotations.js'
import { withLock } from '../storage/file-lock.js'
import { parseVersioned, type FileForm } from '../storage/versioned-file.js'
import { writeWhole } from '../storage/write-whole.js'
import { parseJson, readIfThere } from './read-json.js'

export const ANNOTATIONS = 'annotations.json'
export const ANNOTATING = 'annotating.lock'
const PATIENCE_MS = 5000
const ANNOTATIONS_FORM: FileForm = {
  format: ANNOTATIONS_FORMAT,
  version: ANNOTATIONS_VERSION,
  title: 'the tags and the note of a run',
}

/** What was said about the run in this folder. Throws `storage` or `unsupported` if it cannot be understood. */
export async function readAnnotations(folder: string): Promise<RunAnnotations> {
  const path = join(folder, ANNOTATIONS)
  const text = await readIfThere(path)
  if (text === null) return noAnnotations
  const {
    format: _format,
    version: _version,
    ...annotations
  } = parseVersioned(path, ANNOTATIONS_FORM, AnnotationsFile, parseJson(text))
  return annotations
}

/**
 * Writes nothing if what is there cannot be understood, or if there would be too many tags. Another program that changes
 * them too comes before or after, so that neither undoes the other.
 */
export function changeAnnotations(folder: string, change: AnnotationsChange): Promise<RunAnnotations> {
  return withLock(join(folder, ANNOTATING), 'changing tags and note', PATIENCE_MS, () => changeNow(folder, change))
}

async function changeNow(folder: string, change: AnnotationsChange): Promise<RunAnnotations> {
  const changed = changedAnnotations(await readAnnotations(folder), change)
  if (changed.tags.length > MAX_TAGS) {
    const value = `${changed.tags.length} tags with those that are there`
    throw invalidInput([{ path: 'change.addTags', value, message: `must be at most ${MAX_TAGS}` }])
  }
  const file: AnnotationsFile = { format: ANNOTATIONS_FORMAT, version: ANNOTATIONS_VERSION, ...changed }
  await writeWhole(join(folder, ANNOTATIONS), `${JSON.stringify(file, null, 2)}\n`)
  return changed
}
