/** A few costly things that are kept ready, of bounded size together; what was not used longest goes first. */
export interface Shelf<T> {
  /** Works with what is under the key, made where it is not there; it stays at least until the work is done. */
  use<R>(key: string, make: () => Promise<Stored<T>>, work: (value: T) => Promise<R>): Promise<R>
}

export interface Stored<T> {
  readonly value: T
  /** Of memory. */
  readonly bytes: number
}

export interface ShelfOptions<T> {
  readonly maxCount: number
  readonly maxBytes: number
  readonly release: (value: T) => void
}

interface Entry<T> {
  readonly made: Promise<Stored<T>>
  /** Once it is made. */
  stored: Stored<T> | null
  users: number
}

export function createShelf<T>({ maxCount, maxBytes, release }: ShelfOptions<T>): Shelf<T> {
  // In the order of their last use: a map keeps that of insertion, and each use inserts anew.
  const entries = new Map<string, Entry<T>>()

  const isTooMuch = (): boolean => {
    const bytes = [...entries.values()].reduce((sum, { stored }) => sum + (stored?.bytes ?? 0), 0)
    return entries.size > maxCount || bytes > maxBytes
  }

  const makeRoom = (): void => {
    for (const [key, { stored, users }] of [...entries].slice(0, -1)) {
      if (!isTooMuch()) return
      if (stored === null || users > 0) continue
      entries.delete(key)
      release(stored.value)
    }
  }

  return {
    async use(key, make, work) {
      const entry: Entry<T> = entries.get(key) ?? { made: make(), stored: null, users: 0 }
      entries.delete(key)
      entries.set(key, entry)
      entry.users += 1
      try {
        entry.stored = await entry.made.catch((error: unknown) => {
          // Told to whoever asked, and tried again by whoever asks next.
          if (entries.get(key) === entry) entries.delete(key)
          throw error
        })
        makeRoom()
        return await work(entry.stored.value)
      } finally {
        entry.users -= 1
        makeRoom()
      }
    },
  }
}
