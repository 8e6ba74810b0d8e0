import type { FigureKey, RunRow } from '../../../src-shared/runs/run-row.js'
import { newestPerSeed } from '../../../src-shared/util/repetitions.js'
import { meanInterval, type MeanInterval } from '../../../src-shared/util/statistics.js'

/** A line of the table: a run, or the head of runs of one experiment. */
export type TableLine =
  | { readonly kind: 'run'; readonly row: RunRow; readonly isMember: boolean }
  | { readonly kind: 'group'; readonly key: string; readonly rows: readonly RunRow[]; readonly isOpen: boolean }

export function plainLines(rows: readonly RunRow[]): TableLine[] {
  return rows.map((row) => ({ kind: 'run', row, isMember: false }))
}

/** Runs of one experiment under one head, where the first of them would stand; an experiment of one run has no head. */
export function groupedLines(rows: readonly RunRow[], closed: ReadonlySet<string>): TableLine[] {
  return [...Map.groupBy(rows, ({ experimentKey }) => experimentKey)].flatMap(([key, members]): TableLine[] => {
    if (members.length === 1) return plainLines(members)
    const isOpen = !closed.has(key)
    const bySeed = members.toSorted((a, b) => a.seed - b.seed)
    const below = isOpen ? bySeed.map((row): TableLine => ({ kind: 'run', row, isMember: true })) : []
    return [{ kind: 'group', key, rows: bySeed, isOpen }, ...below]
  })
}

/** The mean of a figure over the seeds for which it is known. */
export function figureOverSeeds(rows: readonly RunRow[], key: FigureKey): MeanInterval | null {
  const known = newestPerSeed(rows.filter((row) => row[key] !== null))
  return meanInterval(known.flatMap((row) => row[key] ?? []))
}

export interface Facet {
  readonly value: string
  readonly count: number
}

/** What occurs among the runs, most frequent first. */
export function facets(rows: readonly RunRow[], valuesOf: (row: RunRow) => readonly string[]): Facet[] {
  const counts = new Map<string, number>()
  for (const row of rows) for (const value of valuesOf(row)) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
}
