import { readdirSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { AppError } from '../../src-shared/contract/errors.js'
import { datasetKey } from '../../src-shared/model/dataset.js'
import { createImageSet } from '../lab/data/image-set.js'
import type { DatasetReader } from '../lab/datasets/reader.js'
import { DATASET_FILE_ENDING, readDataset, readDatasetHeader } from '../storage/dataset-file.js'
import { writeWhole } from '../storage/write-whole.js'

const requireFromHere = createRequire(import.meta.url)

type Stored = Awaited<ReturnType<DatasetReader['stored']>>

/** Datasets on disk: files of installed packages, a cache of converted ones, and those that were imported. */
export function createDatasetReader(cacheFolder: string): DatasetReader {
  const pathOf = (id: string, name: string | null): string =>
    join(cacheFolder, `${datasetKey(id, name)}${DATASET_FILE_ENDING}`)
  // The last one stays in memory: a form that is being filled in asks for the same images again and again.
  let last: { stamp: string; stored: Promise<Stored> } | null = null

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

    find: (id, name) => readDatasetHeader(pathOf(id, name)),

    names(id) {
      const start = datasetKey(id, '')
      return filesIn(cacheFolder)
        .filter((file) => file.startsWith(start) && file.endsWith(DATASET_FILE_ENDING))
        .map((file) => file.slice(start.length, -DATASET_FILE_ENDING.length))
        .toSorted()
    },

    async stored(id, name) {
      const path = pathOf(id, name)
      const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') throw notThere(id, name)
        throw error
      })
      const stamp = `${path} ${found.size} ${found.mtimeMs}`
      if (last?.stamp !== stamp) {
        const mine = { stamp, stored: readSplits(path) }
        last = mine
        // A failure is told to whoever asked, and tried again by whoever asks next.
        mine.stored.catch(() => {
          if (last === mine) last = null
        })
      }
      return last.stored
    },
  }
}

async function readSplits(path: string): Promise<Stored> {
  const { info, bytes } = await readDataset(path)
  return {
    info,
    train: createImageSet(info.shape, bytes.trainPixels, bytes.trainLabels),
    test: createImageSet(info.shape, bytes.testPixels, bytes.testLabels),
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function notThere(id: string, name: string | null): AppError {
  const command = name === null ? `datasets download ${id}` : `datasets import ${id} FOLDER --name ${name}`
  return new AppError({
    code: 'data-missing',
    message: `The dataset ${name === null ? id : `"${name}" of ${id}`} is not on this machine yet.`,
    hint: `Get it first: npm run -s cli -- ${command}`,
  })
}
