import { extname } from 'node:path'
import { invalidInput } from '../../src-shared/contract/field-errors.js'
import type { OpenKind, SaveKind } from '../../src-shared/desktop/bridge.js'

/** How a dialog speaks of a kind of file, and the endings such a file may have. */
export interface FileKind {
  readonly title: string
  readonly name: string
  readonly extensions: readonly string[]
}

export const openKinds: Readonly<Record<OpenKind, FileKind>> = {
  experiment: { title: 'Open experiment', name: 'Experiment or record of a run', extensions: ['json'] },
  model: {
    title: 'Import a model',
    name: 'Model weights',
    extensions: ['pt', 'pth', 'th', 'tar', 'ckpt', 'safetensors'],
  },
  trigger: { title: 'Open trigger', name: 'Picture or mark', extensions: ['png', 'jpg', 'jpeg', 'npy', 'npz'] },
}

export const saveKinds: Readonly<Record<SaveKind, FileKind>> = {
  experiment: { title: 'Save experiment', name: 'Experiment', extensions: ['json'] },
  table: { title: 'Save table', name: 'Table', extensions: ['csv', 'tsv', 'md', 'tex', 'json'] },
  values: { title: 'Save values', name: 'NumPy arrays', extensions: ['npz'] },
  image: { title: 'Save image', name: 'Image', extensions: ['png', 'svg'] },
  report: { title: 'Save report', name: 'Report', extensions: ['html', 'md'] },
  weights: { title: 'Save weights', name: 'Weights', extensions: ['pt', 'safetensors'] },
  archive: { title: 'Save archive', name: 'ZIP archive', extensions: ['zip'] },
  events: { title: 'Save events', name: 'TensorBoard events', extensions: ['tfevents'] },
}

/** Dialogs let the user type any name, and drops come with any; only files of the kinds above are granted. */
export function checkEnding(path: string, kinds: readonly FileKind[]): void {
  const allowed = kinds.flatMap(({ extensions }) => extensions)
  const ending = extname(path).slice(1).toLowerCase()
  if (allowed.includes(ending)) return
  const message = `must have a name that ends in ${allowed.map((each) => `.${each}`).join(' or ')}`
  throw invalidInput([{ path: 'file', value: ending === '' ? 'a name without ending' : `.${ending}`, message }])
}
