import type { RunListing } from '../../../../src-shared/model/run-record.js'

export type SortKey = 'name' | 'status' | 'createdAt' | 'cleanAccuracy' | 'attackBefore' | 'attackAfter'

export interface Sorting {
  readonly key: SortKey
  readonly isDescending: boolean
}

export interface RunRow {
  readonly runId: string
  readonly name: string
  readonly status: RunListing['status']
  readonly createdAt: string
  /** After the first defense where there is one, else of the victim. */
  readonly cleanAccuracy: number | null
  readonly attackBefore: number | null
  /** After the defense that brought it down most. */
  readonly attackAfter: number | null
  readonly defenses: number
  readonly searchText: string
}

export function runRow({ runId, name, status, createdAt, summary }: RunListing): RunRow {
  const after = (summary?.defenses ?? []).flatMap((defense) => defense.after.attackSuccessRate ?? [])
  return {
    runId,
    name,
    status,
    createdAt,
    cleanAccuracy: summary === null ? null : (summary.defenses[0]?.after ?? summary.before).cleanAccuracy,
    attackBefore: summary?.before.attackSuccessRate ?? null,
    attackAfter: after.length === 0 ? null : Math.min(...after),
    defenses: summary?.defenses.length ?? 0,
    searchText: `${name} ${status} ${runId}`.toLowerCase(),
  }
}

/** Rows that contain every word of the filter, in order. What is not known comes last either way. */
export function shownRows(rows: readonly RunRow[], filter: string, { key, isDescending }: Sorting): RunRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const matching = rows.filter(({ searchText }) => words.every((word) => searchText.includes(word)))
  const sign = isDescending ? -1 : 1
  return matching.toSorted((a, b) => {
    const [left, right] = [a[key], b[key]]
    if (left === null || right === null) return Number(left === null) - Number(right === null)
    if (left === right) return a.runId < b.runId ? 1 : -1
    return left < right ? -sign : sign
  })
}
