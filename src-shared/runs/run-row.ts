import { whyNotResumed, type RunListing } from '../model/run-record.js'
import { noAnnotations } from '../model/run-annotations.js'

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
  /** It ended before it was done, and can be gone on with. */
  readonly isResumable: boolean
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
    isResumable: whyNotResumed(listing) === null,
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
