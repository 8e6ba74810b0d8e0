import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatasetName, datasetKey, type StoredDataset } from '../../../src-shared/model/dataset.js'
import { DATASET_FILE_ENDING, readDatasetHeader } from '../../storage/dataset-file.js'

/** Where datasets lie on disk. */
export interface DatasetFiles {
  pathOf(id: string, name: string | null): string
  lockOf(id: string, name: string | null): string
  /** Where a download arrives. */
  downloadsOf(id: string): string
  /** Throws `storage` where the file is damaged. */
  header(id: string, name: string | null): StoredDataset | null
  /** Bytes of the stored file; 0 where there is none. */
  size(id: string, name: string | null): Promise<number>
  /** Names under which there are files for this plug-in. */
  names(id: string): Promise<DatasetName[]>
  /** What a writer that was ended in the middle has left. Only for who holds the lock. */
  removeLeftovers(id: string, name: string | null): Promise<void>
}

export function createDatasetFiles(folder: string): DatasetFiles {
  const fileOf = (id: string, name: string | null): string => `${datasetKey(id, name)}${DATASET_FILE_ENDING}`
  const pathOf = (id: string, name: string | null): string => join(folder, fileOf(id, name))
  const list = async (): Promise<string[]> =>
    readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    })

  return {
    pathOf,
    lockOf: (id, name) => join(folder, `${datasetKey(id, name)}.lock`),
    downloadsOf: (id) => join(folder, 'downloads', id),
    header: (id, name) => readDatasetHeader(pathOf(id, name)),
    size: (id, name) =>
      stat(pathOf(id, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    async names(id) {
      const start = datasetKey(id, '')
      return (await list()).toSorted().flatMap((file) => {
        if (!file.startsWith(start) || !file.endsWith(DATASET_FILE_ENDING)) return []
        const name = DatasetName.safeParse(file.slice(start.length, -DATASET_FILE_ENDING.length))
        return name.success ? [name.data] : []
      })
    },
    async removeLeftovers(id, name) {
      const leftovers = (await list()).filter(
        (file) => file.startsWith(`.${fileOf(id, name)}.`) && file.endsWith('.tmp'),
      )
      await Promise.all(leftovers.map((file) => rm(join(folder, file), { force: true })))
    },
  }
}
