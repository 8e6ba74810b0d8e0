import { mkdir, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError } from '../../src-shared/contract/errors.js'
import { PluginId, type RunId } from '../../src-shared/model/ids.js'
import type { RunListing } from '../../src-shared/model/run-record.js'
import { StudyPlan, type StudyState } from '../../src-shared/model/study.js'
import { writeWhole } from '../storage/write-whole.js'
import { experimentKey } from './list-runs.js'
import { parseJson, readIfThere } from './read-json.js'
import type { RunStore } from './run-store.js'
import type { Runs } from './runs.js'

const PLAN = 'study.json'

export interface Studies {
  /** Queues every run of the plan that is not done and not under way. Returns those it queued. */
  start(plan: StudyPlan): Promise<{ started: RunId[]; done: number }>
  /** Names of the studies of this workspace, sorted. */
  list(): Promise<string[]>
  show(name: string): Promise<StudyState>
}

export interface StudiesOptions {
  readonly workspace: string
  readonly store: RunStore
  readonly runs: Runs
}

/**
 * Studies are plans under `<workspace>/studies`; their runs are runs like any other, found again by their settings. So a
 * study that was broken off goes on where it stopped, and a run that was done before for another reason is not repeated.
 */
export function createStudies({ workspace, store, runs }: StudiesOptions): Studies {
  const root = join(resolve(workspace), 'studies')
  const folderOf = (name: string): string => join(root, name)

  const runsOf = async ({ cells }: StudyPlan): Promise<(RunListing | null)[]> => {
    const byKey = Map.groupBy((await store.list()).runs, ({ experimentKey: key, seed }) => `${key} ${seed}`)
    return cells.map(({ experiment }) => {
      const found = byKey.get(`${experimentKey(experiment)} ${experiment.seed}`) ?? []
      return (
        found.find(({ status }) => status === 'done') ??
        found.find(({ runId }) => runs.isLive(runId)) ??
        found[0] ??
        null
      )
    })
  }

  return {
    async start(plan) {
      await mkdir(folderOf(plan.name), { recursive: true })
      await writeWhole(join(folderOf(plan.name), PLAN), `${JSON.stringify(plan, null, 2)}\n`)
      const found = await runsOf(plan)
      const started: RunId[] = []
      for (const [index, { experiment }] of plan.cells.entries()) {
        const run = found[index]
        if (run && (run.status === 'done' || runs.isLive(run.runId))) continue
        const runId = await runs.start(experiment)
        await store.annotate(runId, { addTags: [plan.name] })
        started.push(runId)
      }
      return { started, done: found.filter((run) => run?.status === 'done').length }
    },

    async list() {
      const names = await readdir(root).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return []
        throw new AppError({ code: 'storage', message: `${root} cannot be read: ${error.message}` }, { cause: error })
      })
      return names.filter((name) => PluginId.safeParse(name).success).toSorted()
    },

    async show(name) {
      const path = join(folderOf(name), PLAN)
      const text = await readIfThere(path)
      if (text === null) {
        throw new AppError({ code: 'not-found', message: `There is no study "${name}" in ${root}.` })
      }
      const parsed = StudyPlan.safeParse(parseJson(text))
      if (!parsed.success) {
        const message = `${path} does not hold a study in the form of this version.`
        throw new AppError({ code: 'storage', message }, { cause: parsed.error })
      }
      return { plan: parsed.data, folder: folderOf(name), runs: await runsOf(parsed.data) }
    },
  }
}
