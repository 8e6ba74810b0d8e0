import type { Scores } from '../model/metrics.js'
import type { RunListing } from '../model/run-record.js'
import type { StudyPlan } from '../model/study.js'
import { meanInterval, type MeanInterval } from '../util/statistics.js'
import { effectivenessRating } from './effectiveness.js'

export type StudyFigures = Readonly<Record<keyof Scores | 'effectiveness', MeanInterval | null>>

/** The figures of one defense against one attack on one dataset, over the seeds that are done. */
export interface StudyRow {
  readonly dataset: string
  readonly attack: string | null
  /** Null for the victim before any defense. */
  readonly defense: string | null
  /** Whether the defense used what only the attacker or the evaluation knows. */
  readonly isOracle: boolean
  readonly figures: StudyFigures
  /** Runs that are in the figures, and runs that there are to be. */
  readonly done: number
  readonly planned: number
}

/** Rows in the order of the plan: per dataset and attack the victim, then each defense. */
export function studyRows({ cells }: StudyPlan, runs: readonly (RunListing | null)[]): StudyRow[] {
  const groups = Map.groupBy(
    cells.map((cell, index) => ({ cell, summary: runs[index]?.summary ?? null })),
    ({ cell }) => JSON.stringify([cell.dataset, cell.attack]),
  )
  return [...groups.values()].flatMap((group) => {
    const { dataset, attack, experiment } = group[0]!.cell
    const summaries = group.flatMap(({ summary }) => (summary === null ? [] : [summary]))
    const row = (
      defense: string | null,
      isOracle: boolean,
      scores: readonly { before: Scores; after: Scores }[],
    ): StudyRow => ({
      dataset,
      attack,
      defense,
      isOracle,
      figures: figuresOf(scores, defense !== null),
      done: scores.length,
      planned: group.length,
    })
    return [
      row(
        null,
        false,
        summaries.map(({ before }) => ({ before, after: before })),
      ),
      ...experiment.defenses.map(({ id }, index) =>
        row(
          id,
          summaries.some(({ defenses }) => defenses[index]?.knowledge === 'oracle'),
          summaries.flatMap(({ before, defenses }) => {
            const after = defenses[index]?.after
            return after === undefined ? [] : [{ before, after }]
          }),
        ),
      ),
    ]
  })
}

function figuresOf(scores: readonly { before: Scores; after: Scores }[], isRated: boolean): StudyFigures {
  const over = (pick: (pair: { before: Scores; after: Scores }) => number | null): MeanInterval | null =>
    meanInterval(scores.map(pick).filter((value) => value !== null))
  return {
    cleanAccuracy: over(({ after }) => after.cleanAccuracy),
    attackSuccessRate: over(({ after }) => after.attackSuccessRate),
    robustAccuracy: over(({ after }) => after.robustAccuracy),
    baseRate: over(({ after }) => after.baseRate),
    effectiveness: isRated ? over(({ before, after }) => effectivenessRating(before, after)) : null,
  }
}
