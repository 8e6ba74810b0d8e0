import type { PlannedStudy } from '../../../src-shared/model/study.js'
import { mean } from '../../../src-shared/util/statistics.js'

/**
 * Milliseconds that each cell may be expected to take, by the runs of the study that are done: those of the same dataset
 * and attack, otherwise of the same dataset, otherwise all. Null where none is done.
 */
export function expectedCells({ plan, runs }: Pick<PlannedStudy, 'plan' | 'runs'>): (number | null)[] {
  const took = plan.cells.flatMap(({ dataset, attack }, index) => {
    const seconds = runs[index]?.summary?.seconds.total
    return seconds === undefined ? [] : [{ dataset, attack, ms: 1000 * seconds }]
  })
  return plan.cells.map(({ dataset, attack }) => {
    const ofDataset = took.filter((each) => each.dataset === dataset)
    const alike = ofDataset.filter((each) => each.attack === attack)
    const [closest] = [alike, ofDataset, took].filter(({ length }) => length > 0)
    return closest === undefined ? null : mean(closest.map(({ ms }) => ms))
  })
}

/** The sum, null where a part of it is not known. */
export function wholeTime(parts: readonly (number | null)[]): number | null {
  return parts.reduce((sum: number | null, part) => (sum === null || part === null ? null : sum + part), 0)
}
