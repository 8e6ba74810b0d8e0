import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError } from '../../src-shared/contract/errors.js'
import { PluginId, type RunId } from '../../src-shared/model/ids.js'
import type { Experiment } from '../../src-shared/model/experiment.js'
import { whyNotResumed, type RunListing } from '../../src-shared/model/run-record.js'
import {
  STUDY_FORMAT,
  STUDY_VERSION,
  StudyPlan,
  type PlannedStudy,
  type StudyState,
  type StudySummary,
} from '../../src-shared/model/study.js'
import { cellStatus, countCells } from '../../src-shared/study/study-progress.js'
import { parseVersioned, type FileForm } from '../storage/versioned-file.js'
import { writeWhole } from '../storage/write-whole.js'
import { experimentKey } from './list-runs.js'
import { isUnderWay } from './lost-runs.js'
import { parseJson, readIfThere, storageError } from './read-json.js'
import type { RunStore } from './run-store.js'
import type { Runs } from './runs.js'

export const PLAN = 'study.json'
const PLAN_FORM: FileForm = { format: STUDY_FORMAT, version: STUDY_VERSION, title: 'the plan of a study' }

export interface Studies {
  /** The plan with the runs that there are for it; nothing is written. */
  match(plan: StudyPlan): Promise<PlannedStudy>
  /** Queues every run of the plan that is not done and not under way. Returns those it queued. */
  start(plan: StudyPlan): Promise<{ started: RunId[]; done: number }>
  /** Ends what waits or is in progress. Returns how many. */
  cancel(name: string): Promise<number>
  /** The studies of this workspace, sorted by name. */
  list(): Promise<{ studies: StudySummary[]; unreadable: string[] }>
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
  const isLive = (run: RunListing | null): run is RunListing => run !== null && runs.isLive(run.runId)

  /** Finds the runs of one plan after another among those that there are now. */
  const createMatcher = async (): Promise<(plan: StudyPlan) => PlannedStudy> => {
    const byKey = Map.groupBy((await store.list()).runs, ({ experimentKey: key, seed }) => `${key} ${seed}`)
    return (plan) => {
      const found = plan.cells.map(({ experiment }) => {
        const alike = byKey.get(`${experimentKey(experiment)} ${experiment.seed}`) ?? []
        return alike.find(({ status }) => status === 'done') ?? alike.find(isUnderWay) ?? alike[0] ?? null
      })
      return { plan, runs: found }
    }
  }

  const match: Studies['match'] = async (plan) => (await createMatcher())(plan)

  const readPlan = async (name: string): Promise<StudyPlan> => {
    const path = join(folderOf(name), PLAN)
    const text = await readIfThere(path)
    if (text === null) throw new AppError({ code: 'not-found', message: `There is no study "${name}" in ${root}.` })
    return parsePlan(path, text)
  }

  /** A run that ended in the middle is gone on with, unless that cannot be: its dataset is another now, say. */
  const resumeOrStart = async (run: RunListing | null, experiment: Experiment): Promise<RunId> => {
    if (run === null || whyNotResumed(run) !== null) return runs.start(experiment)
    try {
      await runs.resume(run.runId)
      return run.runId
    } catch (error) {
      if (error instanceof AppError && error.code === 'conflict') return runs.start(experiment)
      throw error
    }
  }

  const show: Studies['show'] = async (name) => ({ ...(await match(await readPlan(name))), folder: folderOf(name) })

  return {
    match,
    show,

    async start(plan) {
      await writeWhole(join(folderOf(plan.name), PLAN), `${JSON.stringify(plan, null, 2)}\n`)
      const { runs: found } = await match(plan)
      const started: RunId[] = []
      for (const [index, { experiment }] of plan.cells.entries()) {
        const run = found[index] ?? null
        if (run !== null && (run.status === 'done' || isUnderWay(run))) continue
        const runId = await resumeOrStart(run, experiment)
        await store.annotate(runId, { addTags: [plan.name] })
        started.push(runId)
      }
      return { started, done: found.filter((run) => run?.status === 'done').length }
    },

    async cancel(name) {
      const { runs: found } = await show(name)
      // The waiting ones first, the last of them before all, so that none starts when the one in progress ends.
      const left = found.filter(isLive).toReversed()
      const inOrder = left.toSorted((a, b) => Number(a.status === 'running') - Number(b.status === 'running'))
      let cancelled = 0
      for (const run of inOrder) {
        // It may have ended in the meantime.
        if (!isLive(run)) continue
        await runs.cancel(run.runId)
        cancelled += 1
      }
      return cancelled
    },

    async list() {
      const names = await readdir(root).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return []
        throw storageError(`${root} cannot be read: ${error.message}`, error)
      })
      const known = names.filter((name) => PluginId.safeParse(name).success).toSorted()
      const matched = await createMatcher()
      const read = await Promise.all(
        known.map(async (name) => ({ name, plan: await readPlan(name).catch(() => null) })),
      )
      return {
        studies: read.flatMap(({ name, plan }): StudySummary[] => {
          if (plan === null) return []
          const statuses = matched(plan).runs.map((run) => cellStatus(run))
          return [{ name, title: plan.title, counts: countCells(statuses) }]
        }),
        unreadable: read.flatMap(({ name, plan }) => (plan === null ? [name] : [])),
      }
    },
  }
}

/** Throws in words what is wrong with a plan, `unsupported` for one of a newer version. */
export function parsePlan(path: string, text: string): StudyPlan {
  return parseVersioned(path, PLAN_FORM, StudyPlan, parseJson(text))
}
