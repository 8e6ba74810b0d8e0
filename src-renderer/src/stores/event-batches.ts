/** No more often than this is the page drawn anew for what comes from a run: a person reads no faster. */
const EVERY_MS = 250

/**
 * Hands things on in batches. The first comes through at once; those that follow closely wait for each other. What is
 * `urgent` takes along those that wait.
 */
export function createBatches<T>(take: (batch: readonly T[]) => void, isUrgent: (item: T) => boolean) {
  let waiting: T[] = []
  let timer: ReturnType<typeof setTimeout> | null = null

  const hand = (): void => {
    if (timer !== null) clearTimeout(timer)
    const batch = waiting
    waiting = []
    timer = setTimeout(() => {
      timer = null
      if (waiting.length > 0) hand()
    }, EVERY_MS)
    take(batch)
  }

  return (item: T): void => {
    waiting.push(item)
    if (timer === null || isUrgent(item)) hand()
  }
}
