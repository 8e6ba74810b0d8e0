import type { RunListing } from '../../../src-shared/model/run-record.js'
import { noAnnotations } from '../../../src-shared/model/run-annotations.js'
import { newestPerSeed } from '../../../src-shared/util/repetitions.js'
import { meanInterval, type MeanInterval } from '../../../src-shared/util/statistics.js'

export const figureKeys = ['cleanAccuracy', 'attackBefore', 'attackAfter'] as const
export type FigureKey = (typeof figureKeys)[number]
export const sortKeys = ['name', 'seed', 'status', 'setting', 'createdAt', ...figureKeys] as const
export type SortKey = (typeof sortKeys)[number]

export interface Sorting {
  readonly key: SortKey
  readonly isDescending: boolean
}

export interface RunRow {
  readonly runId: RunListing['runId']
  readonly name: string
  readonly seed: number
  readonly status: RunListing['status']
  readonly createdAt: string
  readonly dataset: string
  readonly model: string
  /** Null for a clean model. */
  readonly attack: string | null
  readonly defenses: readonly string[]
  /** Attack, dataset and defenses, for sorting. */
  readonly setting: string
  /** The same for runs of one experiment, whatever their seeds. */
  readonly experimentKey: string
  /** After the first defense where there is one, else of the victim. */
  readonly cleanAccuracy: number | null
  readonly attackBefore: number | null
  /** After the defense that brought it down most. */
  readonly attackAfter: number | null
  readonly tags: readonly string[]
  readonly note: string
  readonly isStarred: boolean
  readonly isArchived: boolean
  /** There is something, but it could not be read. */
  readonly hasUnreadableAnnotations: boolean
  readonly searchText: string
}

const made = new WeakMap<RunListing, RunRow>()

/** The same row for the same listing, so that a change of one run does not make ten thousand rows anew. */
export function runRow(listing: RunListing): RunRow {
  const known = made.get(listing)
  if (known !== undefined) return known
  const row = makeRow(listing)
  made.set(listing, row)
  return row
}

function makeRow({ summary, annotations, ...listing }: RunListing): RunRow {
  const { runId, name, status, dataset, model, attack, defenses } = listing
  const after = (summary?.defenses ?? []).flatMap((defense) => defense.after.attackSuccessRate ?? [])
  const { tags, note, isStarred, isArchived } = annotations ?? noAnnotations
  return {
    ...listing,
    setting: [attack ?? '', dataset, ...defenses].join(' '),
    cleanAccuracy: summary === null ? null : (summary.defenses[0]?.after ?? summary.before).cleanAccuracy,
    attackBefore: summary?.before.attackSuccessRate ?? null,
    attackAfter: after.length === 0 ? null : Math.min(...after),
    tags,
    note,
    isStarred,
    isArchived,
    hasUnreadableAnnotations: annotations === null,
    searchText: [name, status, runId, dataset, model, attack, ...defenses, ...tags, note].join(' ').toLowerCase(),
  }
}

/** In order. What is not known comes last either way. */
export function sortedRows(rows: readonly RunRow[], { key, isDescending }: Sorting): RunRow[] {
  const sign = isDescending ? -1 : 1
  return rows.toSorted((a, b) => {
    const [left, right] = [a[key], b[key]]
    if (left === null || right === null) return Number(left === null) - Number(right === null)
    if (left === right) return a.runId < b.runId ? 1 : -1
    return left < right ? -sign : sign
  })
}

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
