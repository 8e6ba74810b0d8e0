export interface Slots {
  has(index: number): boolean
  /** The place of an index, which counts as used now; null where it has none. */
  find(index: number): number | null
  /** A place for an index: its own, a free one, or that of whatever has not been used for longest. */
  take(index: number): number
}

/** A fixed number of places, 0 to `count` - 1, for whatever is used most recently. */
export function createSlots(count: number): Slots {
  // A map keeps its order of insertion: the first is what has not been used for longest.
  const taken = new Map<number, number>()
  const use = (index: number, slot: number): number => {
    taken.delete(index)
    taken.set(index, slot)
    return slot
  }
  return {
    has: (index) => taken.has(index),
    find(index) {
      const slot = taken.get(index)
      return slot === undefined ? null : use(index, slot)
    },
    take(index) {
      const own = taken.get(index)
      if (own !== undefined) return use(index, own)
      if (taken.size < count) return use(index, taken.size)
      const [oldest, slot] = taken.entries().next().value!
      taken.delete(oldest)
      return use(index, slot)
    },
  }
}
