import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { AppError } from '../../src-shared/contract/errors.js'
import type { DatasetReader } from '../lab/datasets/reader.js'
import { writeWhole } from '../storage/write-whole.js'

const requireFromHere = createRequire(import.meta.url)

/** Datasets on disk: files of installed packages, and a cache of converted ones. */
export function createDatasetReader(cacheFolder: string): DatasetReader {
  return {
    async packageFile(packageName, path) {
      try {
        return await readFile(join(dirname(requireFromHere.resolve(`${packageName}/package.json`)), path))
      } catch (cause) {
        throw new AppError(
          {
            code: 'data-missing',
            message: `The file ${path} of the npm package "${packageName}" cannot be read.`,
            hint: 'Remove the folder node_modules and start again: it is installed anew.',
          },
          { cause },
        )
      }
    },
    async cached(key, make) {
      const path = join(cacheFolder, `${key}.bin`)
      const found = await readFile(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null
        throw new AppError({ code: 'storage', message: `The dataset cache ${path} cannot be read: ${error.message}` })
      })
      if (found !== null) return found
      const made = await make()
      await writeWhole(path, made)
      return made
    },
  }
}
