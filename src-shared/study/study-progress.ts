import type { RunListing } from '../model/run-record.js'
import { CellStatus, type StudyCounts } from '../model/study.js'

/** What became of a cell. */
export function cellStatus(run: RunListing | null): CellStatus {
  return run?.status ?? 'missing'
}

export function countCells(statuses: readonly CellStatus[]): StudyCounts {
  const counts = Object.fromEntries(CellStatus.options.map((status) => [status, 0])) as StudyCounts
  for (const status of statuses) counts[status] += 1
  return counts
}

/** Cells that are to run in all. */
export function cellsIn(counts: StudyCounts): number {
  return CellStatus.options.reduce((sum, status) => sum + counts[status], 0)
}

/** Cells that wait or are in progress. */
export function cellsUnderWay({ queued, running }: StudyCounts): number {
  return queued + running
}

/** Cells that starting the study would run: neither done nor under way. */
export function cellsToRun({ failed, cancelled, missing }: StudyCounts): number {
  return failed + cancelled + missing
}
