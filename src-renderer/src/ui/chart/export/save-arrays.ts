import { npzOf } from '../../../../../src-shared/inspection/values-file.js'
import type { ArrayBlock } from '../../../../../src-shared/model/array-block.js'
import type { JsonObject } from '../../../../../src-shared/model/json.js'
import { fileName } from '../../../client/file-name.js'
import { saveFile } from '../../../client/save-file.js'

/** Named arrays, and of what they are: run, samples, settings. */
export interface NamedArrays {
  readonly values: Readonly<Record<string, ArrayBlock>>
  readonly about: JsonObject
}

/** An entry of a menu beside those of `chartFormats`. */
export const arrayFormat = { id: 'npz', title: 'NPZ', about: 'NumPy' } as const

/** Keeps arrays as a file for NumPy that says what it is of. */
export function saveArrays(title: string, { values, about }: NamedArrays): Promise<void> {
  const content = new Blob([npzOf(values, about)], { type: 'application/octet-stream' })
  return saveFile('values', fileName(title, arrayFormat.id), content)
}
