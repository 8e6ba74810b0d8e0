export const SORT_KEYS = ['index', 'confidence', 'heat'] as const
export type SortKey = (typeof SORT_KEYS)[number]

export interface SampleSorting {
  readonly key: SortKey
  readonly isDescending: boolean
}

export const inOrder: SampleSorting = { key: 'index', isDescending: false }

export const sortTitles: Readonly<Record<SortKey, string>> = {
  index: 'Position',
  confidence: 'Confidence',
  heat: 'Heat inside the trigger',
}

/**
 * Samples by a value of each, by index; those without one (NaN) come last, whichever the direction. Equal ones stay in
 * the order they are in.
 */
export function orderSamples(
  samples: Int32Array,
  values: Float32Array | null,
  { key, isDescending }: SampleSorting,
): Int32Array {
  if (key === 'index') return isDescending ? samples.toReversed() : samples
  if (values === null) return samples
  const sign = isDescending ? -1 : 1
  return samples.toSorted((a, b) => {
    const left = values[a] ?? Number.NaN
    const right = values[b] ?? Number.NaN
    if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right))
    return sign * (left - right)
  })
}

/** Values of some samples, put where all have a place; the others have none (NaN). */
export function spreadOut(count: number, indices: Int32Array, values: Float32Array): Float32Array {
  const all = new Float32Array(count).fill(Number.NaN)
  indices.forEach((index, k) => (all[index] = values[k] ?? Number.NaN))
  return all
}
