import type { DatasetActivity, DatasetName, ImportOptions, StoredDataset } from '../../../src-shared/model/dataset.js'
import { IMAGE_FOLDER, officialDataset } from '../../../src-shared/model/official-datasets.js'
import { writeDataset } from '../../storage/dataset-file.js'
import { importFolder } from './import-folder.js'
import { importOfficial } from './import-official.js'
import { importLimits } from './limits.js'

export interface ImportRequest {
  readonly id: string
  /** For folders of images. */
  readonly name: DatasetName | null
  /** Of the file or folder to import. */
  readonly path: string
  readonly options: ImportOptions
  /** The file to write. */
  readonly target: string
}

/** Reads what lies at the path and stores it as one file: whole, or not at all. */
export async function importDataset(
  { id, name, path, options, target }: ImportRequest,
  report: (activity: DatasetActivity) => void,
): Promise<StoredDataset> {
  const facts = officialDataset(id)
  const now = (): Date => new Date()
  if (facts === null && (id !== IMAGE_FOLDER || name === null)) throw new Error(`Nothing is known of importing ${id}`)
  report({ phase: 'import', text: 'read files', done: 0, total: null, unit: 'files' })
  const { header, bytes } =
    facts === null
      ? await importFolder({ path, name: name!, options, limits: importLimits, now, report })
      : await importOfficial(facts, path, { limits: importLimits, now })
  report({ phase: 'import', text: 'write', done: 0, total: null, unit: 'bytes' })
  return writeDataset(target, header, bytes)
}
