import { randomInt } from 'node:crypto'
import { constants } from 'node:fs'
import { access, appendFile, mkdir, readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError } from '../../src-shared/contract/errors.js'
import { RunEvent } from '../../src-shared/contract/events.js'
import { invalidInput } from '../../src-shared/contract/field-errors.js'
import { RunId } from '../../src-shared/model/ids.js'
import { RunRecord } from '../../src-shared/model/run-record.js'
import { writeWhole } from '../storage/write-whole.js'

const RECORD = 'run.json'
const EVENTS = 'events.jsonl'
const METRICS = 'metrics.csv'
const METRICS_HEADER = 'stage,epoch,origin,name,value\n'

export interface RunStore {
  folderOf(runId: RunId): string
  create(record: RunRecord): Promise<void>
  save(record: RunRecord): Promise<void>
  read(runId: RunId): Promise<RunRecord>
  /** Newest first, with the names of folders that could not be read. */
  list(): Promise<{ records: RunRecord[]; unreadable: string[] }>
  append(event: RunEvent): Promise<void>
  readEvents(runId: RunId): Promise<RunEvent[]>
}

/** Folders of plain files under `<workspace>/runs`: the only truth about runs. */
export function createRunStore(workspace: string): RunStore {
  const root = join(resolve(workspace), 'runs')
  const folderOf = (runId: RunId): string => join(root, runId)
  const save = (record: RunRecord): Promise<void> =>
    writeWhole(join(folderOf(record.runId), RECORD), `${JSON.stringify(record, null, 2)}\n`)

  const read = async (runId: RunId): Promise<RunRecord> => {
    const path = join(folderOf(runId), RECORD)
    const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') throw storageError(`${path} cannot be read: ${cause.message}`, cause)
      throw new AppError({
        code: 'not-found',
        message: `There is no run ${runId} in ${root}.`,
        hint: 'The command "list runs" shows the runs of a workspace; --workspace chooses another.',
      })
    })
    const parsed = RunRecord.safeParse(parseJson(text))
    if (!parsed.success) throw storageError(`${path} is not a run record of this version`, parsed.error)
    return parsed.data
  }

  return {
    folderOf,
    save,
    read,
    async create(record) {
      await mkdir(folderOf(record.runId), { recursive: true })
      await save(record)
      await appendFile(join(folderOf(record.runId), METRICS), METRICS_HEADER)
    },
    async list() {
      const names = await readdir(root).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return []
        throw storageError(`${root} cannot be read: ${error.message}`, error)
      })
      const records: RunRecord[] = []
      const unreadable: string[] = []
      for (const name of names.toSorted().toReversed()) {
        const runId = RunId.safeParse(name)
        const record = runId.success ? await read(runId.data).catch(() => null) : null
        if (record === null) unreadable.push(name)
        else records.push(record)
      }
      return { records, unreadable }
    },
    async append(event) {
      const folder = folderOf(event.runId)
      await appendFile(join(folder, EVENTS), `${JSON.stringify(event)}\n`)
      if (event.type !== 'run.metrics') return
      const { stage, epoch, origin, values } = event
      const lines = Object.entries(values).map(
        ([name, value]) => `${stage},${epoch ?? ''},${origin},${name},${value}\n`,
      )
      await appendFile(join(folder, METRICS), lines.join(''))
    },
    async readEvents(runId) {
      const text = await readFile(join(folderOf(runId), EVENTS), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return ''
        throw storageError(`The events of run ${runId} cannot be read: ${error.message}`, error)
      })
      // A last line cut off by a crash is left out: it was never acknowledged.
      return text.split('\n').flatMap((line) => {
        const event = RunEvent.safeParse(parseJson(line))
        return event.success ? [event.data] : []
      })
    },
  }
}

/** `20260131-142500-k3x9ab`, in UTC. */
export function newRunId(now: Date): RunId {
  const time = now.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15)
  const tail = Array.from({ length: 6 }, () => randomInt(36).toString(36)).join('')
  return RunId.parse(`${time}-${tail}`)
}

/** Refuses a workspace that cannot be made or written, before any work starts. */
export async function checkWorkspace(workspace: string): Promise<void> {
  try {
    const runs = join(resolve(workspace), 'runs')
    await mkdir(runs, { recursive: true })
    await access(runs, constants.W_OK)
  } catch (error) {
    const message = `cannot be written (${(error as Error).message}); choose a folder that you may write to`
    throw invalidInput([{ path: 'workspace', value: JSON.stringify(workspace), message }])
  }
}

function storageError(message: string, cause: unknown): AppError {
  return new AppError({ code: 'storage', message }, { cause })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The schema that follows refuses it with a better message than the parser's.
    return undefined
  }
}
