import type { RunId } from '../../../../src-shared/model/ids.js'
import type { RunListing } from '../../../../src-shared/model/run-record.js'
import type { CellStatus, PlannedStudy, StudyCell } from '../../../../src-shared/model/study.js'
import { cellStatus } from '../../../../src-shared/study/study-progress.js'

/** A cell with what became of it. */
export interface CellView {
  readonly cell: StudyCell
  readonly run: RunListing | null
  readonly status: CellStatus
}

/** The cells of a study with the latest of each run. */
export function cellViews({ plan, runs }: PlannedStudy, latest: ReadonlyMap<RunId, RunListing>): CellView[] {
  return plan.cells.map((cell, index) => {
    const known = runs[index] ?? null
    const run = known === null ? null : (latest.get(known.runId) ?? known)
    return { cell, run, status: cellStatus(run) }
  })
}

/** `cifar-10, badnets, seed 2`. */
export function cellName({ dataset, attack, seed }: Pick<StudyCell, 'dataset' | 'attack' | 'seed'>): string {
  return `${dataset}, ${attack ?? 'clean model'}, seed ${seed}`
}

export interface MatrixRow {
  readonly dataset: string
  /** One entry per attack of the matrix, with the seeds in their order. */
  readonly columns: readonly (readonly CellView[])[]
}

export interface StudyMatrix {
  /** Null is the clean model. */
  readonly attacks: readonly (string | null)[]
  readonly rows: readonly MatrixRow[]
}

/** Datasets by attacks, in the order of the plan. */
export function studyMatrix(views: readonly CellView[]): StudyMatrix {
  const attacks = [...new Set(views.map(({ cell }) => cell.attack))]
  const rows = [...Map.groupBy(views, ({ cell }) => cell.dataset)].map(([dataset, ofDataset]) => ({
    dataset,
    columns: attacks.map((attack) => ofDataset.filter(({ cell }) => cell.attack === attack)),
  }))
  return { attacks, rows }
}
