import { rm } from 'node:fs/promises'
import type { AppHandlers } from '../../../src-shared/contract/commands.js'
import { AppError, type WireError } from '../../../src-shared/contract/errors.js'
import {
  datasetKey,
  ImportOptions,
  type DatasetActivity,
  type DatasetName,
  type DatasetState,
} from '../../../src-shared/model/dataset.js'
import {
  BUILT_IN,
  IMAGE_FOLDER,
  officialDataset,
  officialDatasets,
} from '../../../src-shared/model/official-datasets.js'
import { wireErrorOf } from '../../../src-shared/rpc/server.js'
import { takeLock } from '../../storage/file-lock.js'
import { createEngineHost } from '../engine-host.js'
import type { LaunchEngine } from '../launched-engine.js'
import { createDatasetFiles } from './dataset-files.js'
import { downloadFiles } from './download.js'

type Commands = 'dataset.list' | 'dataset.download' | 'dataset.import' | 'dataset.cancel' | 'dataset.remove'

export interface Datasets {
  readonly handlers: Pick<AppHandlers, Commands>
  /** Throws `data-missing` where a run of this dataset could not begin. */
  requirePresent(id: string): void
  close(): void
}

export interface DatasetsOptions {
  readonly cacheFolder: string
  /** Files of strangers are read in a process of their own, which can be ended at any moment. */
  readonly launchEngine: LaunchEngine
  /** The path behind the id of a grant. */
  readonly openGrant: (id: string) => string
  /** Address of a folder with a folder per dataset, in place of where its publisher keeps it. */
  readonly mirror: string | null
  readonly log: (error: unknown) => string
}

const defaultOptions = ImportOptions.parse({})

/** Something that is being got. */
interface Job {
  readonly id: string
  readonly name: DatasetName | null
  activity: DatasetActivity
  readonly abort: AbortController
}

/** Gets datasets onto this machine and says which are there. */
export function createDatasets({ cacheFolder, launchEngine, openGrant, mirror, log }: DatasetsOptions): Datasets {
  const files = createDatasetFiles(cacheFolder)
  const jobs = new Map<string, Job>()
  const errors = new Map<string, WireError>()
  /** Frees what the jobs hold, at once. */
  const releases = new Set<() => void>()

  const stateOf = async (id: string, name: DatasetName | null, title: string): Promise<DatasetState> => {
    const key = datasetKey(id, name)
    let stored: DatasetState['stored'] = null
    let damage: WireError | null = null
    try {
      stored = files.header(id, name)
    } catch (error) {
      damage = wireErrorOf(error, log)
    }
    const official = officialDataset(id)
    return {
      id,
      name,
      title,
      presence: stored === null ? 'absent' : 'ready',
      stored,
      file: stored === null && damage === null ? null : files.pathOf(id, name),
      bytes: await files.size(id, name),
      downloadBytes: official === null ? null : downloadOf(official.id).bytes,
      activity: jobs.get(key)?.activity ?? null,
      error: errors.get(key) ?? damage,
    }
  }

  const folderNames = async (): Promise<(DatasetName | null)[]> => {
    const known = [...jobs.values()].filter(({ id }) => id === IMAGE_FOLDER).map(({ name }) => name)
    const failed = [...errors.keys()].filter((key) => key.startsWith(datasetKey(IMAGE_FOLDER, '')))
    const names = new Set<DatasetName | null>([
      ...(await files.names(IMAGE_FOLDER)),
      ...known,
      ...failed.map((key) => key.slice(datasetKey(IMAGE_FOLDER, '').length)),
    ])
    return names.size === 0 ? [null] : [...names].toSorted()
  }

  /** Begins a job that goes on after the answer. What becomes of it is told by `dataset.list`. */
  const begin = async (
    id: string,
    name: DatasetName | null,
    doing: string,
    work: (job: Job) => Promise<void>,
  ): Promise<void> => {
    const key = datasetKey(id, name)
    if (jobs.has(key)) throw new AppError({ code: 'busy', message: `${key} is being got already.` })
    if (files.header(id, name) !== null) {
      throw new AppError({
        code: 'conflict',
        message: name === null ? `${id} is there already.` : `There is already an imported folder "${name}".`,
        hint:
          name === null
            ? `To get it anew: npm run -s cli -- datasets remove ${id}`
            : `Choose another name with --name, or: npm run -s cli -- datasets remove ${id} --name ${name}`,
      })
    }
    const lock = takeLock(files.lockOf(id, name), doing)
    const release = (): void => {
      if (releases.delete(release)) lock.release()
    }
    releases.add(release)
    const job: Job = {
      id,
      name,
      abort: new AbortController(),
      activity: { phase: 'import', text: 'begin', done: 0, total: null, unit: 'bytes' },
    }
    jobs.set(key, job)
    errors.delete(key)
    void files
      .removeLeftovers(id, name)
      .then(() => work(job))
      .catch((error: unknown) => {
        if (!job.abort.signal.aborted) errors.set(key, wireErrorOf(storageError(error), log))
      })
      .then(() => files.removeLeftovers(id, name))
      .catch(log)
      .finally(() => {
        jobs.delete(key)
        release()
      })
  }

  const importFrom = async (job: Job, path: string, options: ImportOptions): Promise<void> => {
    const { id, name, abort } = job
    const host = createEngineHost(launchEngine, {
      onEvent: (event) => {
        if ('importing' in event) job.activity = event.importing
      },
      // The call that waits is told.
      onCrash: () => {},
    })
    const end = (): void => host.close()
    abort.signal.addEventListener('abort', end)
    releases.add(end)
    try {
      abort.signal.throwIfAborted()
      await host.client().call('dataset.import', { id, name, path, options, target: files.pathOf(id, name) })
    } finally {
      releases.delete(end)
      abort.signal.removeEventListener('abort', end)
      end()
    }
  }

  const handlers: Datasets['handlers'] = {
    'dataset.list': async () => {
      const builtIn: DatasetState = {
        ...BUILT_IN,
        name: null,
        presence: 'built-in',
        stored: null,
        file: null,
        bytes: 0,
        downloadBytes: null,
        activity: null,
        error: null,
      }
      const official = await Promise.all(officialDatasets.map(({ id, title }) => stateOf(id, null, title)))
      const folders = await Promise.all(
        (await folderNames()).map((name) => stateOf(IMAGE_FOLDER, name, name ?? 'Folder of images')),
      )
      return { folder: cacheFolder, datasets: [builtIn, ...official, ...folders] }
    },

    'dataset.download': async ({ id }) => {
      const facts = officialDataset(id)
      if (facts === null) throw unknownDataset(id, 'downloaded')
      const into = files.downloadsOf(id)
      const { download } = facts
      await begin(id, null, `downloading ${id}`, async (job) => {
        await downloadFiles({
          files: downloadOf(id).files,
          folders: mirror === null ? download.folders : [`${mirror.replace(/\/+$/, '')}/${id}/`],
          into,
          signal: job.abort.signal,
          report: (file, done, total) => {
            job.activity = { phase: 'download', text: file, done, total, unit: 'bytes' }
          },
        })
        const [only, ...more] = download.files
        try {
          await importFrom(job, more.length === 0 ? `${into}/${only}` : into, defaultOptions)
        } finally {
          // Imported, or not what it should be: either way of no more use.
          if (!job.abort.signal.aborted) await rm(into, { recursive: true, force: true })
        }
      })
      return {}
    },

    'dataset.import': async ({ id, name, grant, options }) => {
      const path = openGrant(grant)
      if (id === IMAGE_FOLDER)
        await begin(id, name, `importing ${id} "${name}"`, (job) => importFrom(job, path, options))
      else if (officialDataset(id) === null) throw unknownDataset(id, 'imported')
      else await begin(id, null, `importing ${id}`, (job) => importFrom(job, path, options))
      return {}
    },

    'dataset.cancel': async ({ id, name }) => {
      const job = jobs.get(datasetKey(id, name))
      if (job === undefined)
        throw new AppError({ code: 'conflict', message: `${datasetKey(id, name)} is not being got.` })
      job.abort.abort()
      return {}
    },

    'dataset.remove': async ({ id, name }) => {
      const key = datasetKey(id, name)
      if (jobs.has(key)) throw new AppError({ code: 'busy', message: `${key} is being got. Cancel that first.` })
      if (id === BUILT_IN.id) {
        throw new AppError({ code: 'unsupported', message: `${BUILT_IN.title} come with the program and stay.` })
      }
      if (officialDataset(id) === null && id !== IMAGE_FOLDER) throw unknownDataset(id, 'removed')
      const isThere = (await files.size(id, name)) > 0
      const hadError = errors.delete(key)
      const lock = takeLock(files.lockOf(id, name), `removing ${key}`)
      try {
        await rm(files.pathOf(id, name), { force: true })
        if (name === null) await rm(files.downloadsOf(id), { recursive: true, force: true })
        await files.removeLeftovers(id, name)
      } finally {
        lock.release()
      }
      if (!isThere && !hadError) {
        const named = name === null ? id : `the imported folder "${name}"`
        throw new AppError({ code: 'not-found', message: `There was no ${named} to remove.` })
      }
      return {}
    },
  }

  return {
    handlers,
    requirePresent(id) {
      const facts = officialDataset(id)
      if (facts === null || files.header(id, null) !== null) return
      throw new AppError({
        code: 'data-missing',
        message: `The images of ${facts.title} are not on this machine yet.`,
        hint: `Get them: npm run -s cli -- datasets download ${id}, or, from files that you have: datasets import ${id} FILE`,
      })
    },
    close() {
      for (const { abort } of jobs.values()) abort.abort()
      for (const release of [...releases]) release()
    },
  }
}

function downloadOf(id: string): {
  files: NonNullable<ReturnType<typeof officialDataset>>['published']
  bytes: number
} {
  const facts = officialDataset(id)
  const files = facts?.published.filter(({ name }) => facts.download.files.includes(name)) ?? []
  return { files, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) }
}

function unknownDataset(id: string, verb: string): AppError {
  const known = officialDatasets.map((dataset) => dataset.id).join(', ')
  return new AppError({
    code: 'invalid-input',
    message: `id: ${JSON.stringify(id)} cannot be ${verb}; known: ${known}${verb === 'downloaded' ? '' : `, ${IMAGE_FOLDER}`}`,
  })
}

/** Errors of the disk, by a better name than `internal`. */
function storageError(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (error instanceof AppError || code === undefined) return error
  return new AppError({ code: 'storage', message, hint: 'Check the folder and the space left.' }, { cause: error })
}
