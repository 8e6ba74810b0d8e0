import { join } from 'node:path'
import { AppError } from '../../src-shared/contract/errors.js'
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
import { writeWhole } from '../storage/write-whole.js'
import { parseJson, readIfThere } from './read-json.js'

export const ANNOTATIONS = 'annotations.json'

/** What was said about the run in this folder. Throws `storage` if there is something that cannot be understood. */
export async function readAnnotations(folder: string): Promise<RunAnnotations> {
  const path = join(folder, ANNOTATIONS)
  const text = await readIfThere(path)
  if (text === null) return noAnnotations
  const parsed = AnnotationsFile.safeParse(parseJson(text))
  if (parsed.success) {
    const { format: _format, version: _version, ...annotations } = parsed.data
    return annotations
  }
  throw new AppError(
    {
      code: 'storage',
      message: `${path} does not hold the tags and the note of a run in the form of this version.`,
      hint: 'It was left as it is. Mend it, or move it away to begin anew.',
    },
    { cause: parsed.error },
  )
}

/** Writes nothing if what is there cannot be understood, or if there would be too many tags. */
export async function changeAnnotations(folder: string, change: AnnotationsChange): Promise<RunAnnotations> {
  const changed = changedAnnotations(await readAnnotations(folder), change)
  if (changed.tags.length > MAX_TAGS) {
    const value = `${changed.tags.length} tags with those that are there`
    throw invalidInput([{ path: 'change.addTags', value, message: `must be at most ${MAX_TAGS}` }])
  }
  const file: AnnotationsFile = { format: ANNOTATIONS_FORMAT, version: ANNOTATIONS_VERSION, ...changed }
  await writeWhole(join(folder, ANNOTATIONS), `${JSON.stringify(file, null, 2)}\n`)
  return changed
}
