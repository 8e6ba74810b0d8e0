import type { Clock } from '../../src-renderer/gallery/recorded/player.js'

export interface FakeClock extends Clock {
  /** Lets time pass, and whatever was to happen in it happen. */
  pass(ms: number): void
}

/** Time that passes only when a test says so. */
export function createFakeClock(startMs = 0): FakeClock {
  let nowMs = startMs
  let nextId = 0
  const timers = new Map<number, { atMs: number; work: () => void }>()

  const due = (untilMs: number): [number, { atMs: number; work: () => void }] | undefined =>
    [...timers].filter(([, { atMs }]) => atMs <= untilMs).toSorted(([, a], [, b]) => a.atMs - b.atMs)[0]

  return {
    now: () => nowMs,
    setTimeout(work, delayMs) {
      timers.set(++nextId, { atMs: nowMs + delayMs, work })
      return nextId
    },
    clearTimeout: (timer) => void timers.delete(timer as number),
    pass(ms) {
      const untilMs = nowMs + ms
      for (let next = due(untilMs); next !== undefined; next = due(untilMs)) {
        const [id, { atMs, work }] = next
        timers.delete(id)
        nowMs = Math.max(nowMs, atMs)
        work()
      }
      nowMs = untilMs
    },
  }
}
