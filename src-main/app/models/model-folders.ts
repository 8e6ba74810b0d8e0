import { randomBytes } from 'node:crypto'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../src-shared/contract/errors.js'
import { ImportedModel } from '../../../src-shared/model/imported-model.js'
import { ModelName } from '../../../src-shared/model/victim.js'
import { makeFolder } from '../../storage/disk.js'
import { MODEL_FILE, MODEL_FORM, MODEL_WEIGHTS } from '../../storage/model-files.js'
import { parseVersioned } from '../../storage/versioned-file.js'
import { parseJson, readIfThere } from '../read-json.js'

/** In the workspace: a folder for each imported model. */
const MODELS = 'models'

/** Where imported models lie on disk. */
export interface ModelFolders {
  weightsOf(name: ModelName): string
  has(name: ModelName): Promise<boolean>
  /** Null where there is none. Throws where it cannot be read. */
  read(name: ModelName): Promise<ImportedModel | null>
  /** All of them by name, and the names of folders that hold none of this version. */
  list(): Promise<{ models: ImportedModel[]; unreadable: string[] }>
  /** Has a folder filled and puts it in its place as a whole; whatever fails leaves nothing behind. */
  create(name: ModelName, fill: (folder: string) => Promise<ImportedModel>): Promise<ImportedModel>
  remove(name: ModelName): Promise<void>
}

export function createModelFolders(workspace: string): ModelFolders {
  const root = join(workspace, MODELS)
  const folderOf = (name: ModelName): string => join(root, name)

  const read = async (name: ModelName): Promise<ImportedModel | null> => {
    const path = join(folderOf(name), MODEL_FILE)
    const text = await readIfThere(path)
    return text === null ? null : parseVersioned(path, MODEL_FORM, ImportedModel, parseJson(text))
  }
  const has = (name: ModelName): Promise<boolean> =>
    stat(folderOf(name)).then(
      () => true,
      () => false,
    )

  return {
    weightsOf: (name) => join(folderOf(name), MODEL_WEIGHTS),
    has,
    read,
    async list() {
      const names = await readdir(root).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return []
        throw error
      })
      const models: ImportedModel[] = []
      const unreadable: string[] = []
      for (const found of names.toSorted()) {
        const name = ModelName.safeParse(found)
        if (!name.success) continue
        const model = await read(name.data).catch((error: unknown) => {
          if (!(error instanceof AppError)) throw error
          return null
        })
        if (model === null) unreadable.push(found)
        else models.push(model)
      }
      return { models, unreadable }
    },
    async create(name, fill) {
      const temporary = join(root, `.${name}.${randomBytes(6).toString('hex')}.tmp`)
      await makeFolder(temporary)
      try {
        const model = await fill(temporary)
        // It may have come there in the meantime.
        if (await has(name)) throw isThere(name)
        await rename(temporary, folderOf(name))
        return model
      } finally {
        await rm(temporary, { recursive: true, force: true })
      }
    },
    remove: (name) => rm(folderOf(name), { recursive: true }),
  }
}

export function isThere(name: ModelName): AppError {
  return new AppError({
    code: 'conflict',
    message: `There is already an imported model "${name}".`,
    hint: `Choose another name, or remove that one: npm run -s cli -- models remove ${name}`,
  })
}
