/**
 * Which reports of progress a run keeps. The engine reports ten times a second; all of it in `events.jsonl` would grow
 * without bound, and so would the curves of a page that follows the run. Application and page ask the same question, so a
 * page that is loaded again draws the very curves that it drew before.
 *
 * Each stage keeps everything at first and then ever less: a report is worth keeping when a thousandth of the stage's time
 * has gone by since the last one. That is 1000 reports in the first 100 s, 4600 after an hour, 7800 (1.8 MB) after a day.
 */
import type { RunFact } from '../contract/events.js'

export type Progress = Extract<RunFact, { type: 'run.progress' }>

const SHARE_OF_STAGE = 1 / 1000
/** Whatever an engine sends, no more than twenty a second. */
const LEAST_MS = 50

/** What the question is answered by; times are milliseconds of one clock. */
export interface KeptSoFar {
  readonly stageStartedMs: number
  /** The last report of the stage that was kept, and when; null before the first. */
  readonly report: Progress | null
  readonly atMs: number
}

/** At the beginning of a stage. */
export function nothingKept(stageStartedMs: number): KeptSoFar {
  return { stageStartedMs, report: null, atMs: -Infinity }
}

export function isWorthKeeping(
  { stageStartedMs, report: last, atMs: keptMs }: KeptSoFar,
  report: Progress,
  atMs: number,
) {
  if (atMs - keptMs < LEAST_MS) return false
  const isEnd = stepsDone(report) === report.epochs * report.steps
  return isEnd || beginsPass(last, report) || atMs - keptMs >= SHARE_OF_STAGE * (atMs - stageStartedMs)
}

/** Some stages walk through their epochs more than once: a defense that searches class by class, say. */
export function beginsPass(last: Progress | null, report: Progress): boolean {
  if (last === null || last.stage !== report.stage || last.note !== report.note) return true
  return stepsDone(report) <= stepsDone(last)
}

/** Steps of the present pass that are done. */
export function stepsDone({ epoch, step, steps }: Pick<Progress, 'epoch' | 'step' | 'steps'>): number {
  return Math.max(0, epoch - 1) * steps + step
}
