import { secondsOfStage, type RunListing, type RunRecord, type Stage } from '../../../src-shared/model/run-record.js'
import { isOver, isPaused, type RunState } from '../../../src-shared/runs/run-state.js'
import { stageViews } from './stage-view.js'

/** Milliseconds that each stage may be expected to take; null where nothing is known. */
export type ExpectedStages = readonly (number | null)[]

export interface TimeLeft {
  readonly stageMs: number | null
  readonly runMs: number | null
  /** Whether `runMs` counts all that is still to come; otherwise it takes longer. */
  readonly isWhole: boolean
}

/**
 * The run to judge another by: the latest that is done and had the same experiment but for seed and name, otherwise the
 * latest with the same dataset, model, attack and defenses.
 */
export function likeliestRun(runs: readonly RunListing[], run: RunListing): RunListing | null {
  const done = runs
    .filter(({ runId, status }) => status === 'done' && runId !== run.runId)
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
  const parts = ({ dataset, model, attack, defenses }: RunListing): string =>
    JSON.stringify([dataset, model, attack, defenses])
  return (
    done.find(({ experimentKey }) => experimentKey === run.experimentKey) ??
    done.find((each) => parts(each) === parts(run)) ??
    null
  )
}

/** How long the stages of a plan took in a run that is done. */
export function expectedFrom(record: RunRecord, stages: readonly Stage[]): ExpectedStages {
  return stages.map(({ kind, title }) => {
    const isKnown = record.stages.some((stage) => stage.kind === kind && stage.title === title)
    const seconds = isKnown ? secondsOfStage(record, kind) : null
    return seconds === null ? null : 1000 * seconds
  })
}

/** What is left of the present stage and of the run, as far as it can be known. */
export function timeLeft(state: RunState, expected: ExpectedStages, nowMs: number): TimeLeft {
  const nothing = { stageMs: null, runMs: null, isWhole: false }
  if (isOver(state.record) || state.stageIndex === null) return nothing
  const views = stageViews(state)
  const stageMs = presentLeft(state, expected[state.stageIndex] ?? null, nowMs)
  if (stageMs === null) return nothing
  const waiting = views.flatMap(({ status }, index) => (status === 'waiting' ? [expected[index] ?? null] : []))
  const runMs = waiting.reduce((sum: number, ms) => sum + (ms ?? 0), stageMs)
  return { stageMs, runMs, isWhole: waiting.every((ms) => ms !== null) }
}

/** As the engine told it last, less the time since; before its first word, as expected. */
function presentLeft(state: RunState, expectedMs: number | null, nowMs: number): number | null {
  const { progress, stageIndex, stageTimes } = state
  if (progress !== null && progress.remainingMs !== null) {
    return Math.max(0, progress.remainingMs - (isPaused(state) ? 0 : nowMs - Date.parse(progress.at)))
  }
  const startedMs = stageIndex === null ? undefined : stageTimes[stageIndex]?.startedMs
  return expectedMs === null || startedMs === undefined ? null : Math.max(0, expectedMs - (nowMs - startedMs))
}
