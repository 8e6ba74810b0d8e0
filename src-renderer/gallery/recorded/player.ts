/** The clock of a player: the browser's, or that of a test. */
export interface Clock {
  now(): number
  setTimeout(work: () => void, delayMs: number): unknown
  clearTimeout(timer: unknown): void
}

export interface Player {
  /** Recorded seconds per second: 1 as it was, 0 stands still, Infinity all at once. */
  setSpeed(speed: number): void
  /** Holds until the counterpart of it; the speed stays as it is. */
  hold(): void
  goOn(): void
  /** Goes on with the mark of this number, leaving out those before it. */
  skipTo(index: number): void
  end(): void
}

/** The longest wait that a browser's timer takes. */
const LONGEST_WAIT_MS = 2 ** 31 - 1

/** Calls back for one mark after the other, with the distances in time at which they were recorded. */
export function play(
  marksMs: readonly number[],
  speed: number,
  onMark: (index: number) => void,
  clock: Clock = browserClock,
): Player {
  let next = 0
  /** Where the recording is, and when it was there. */
  let positionMs = marksMs[0] ?? 0
  let sinceMs = clock.now()
  let isHeld = false
  let isOver = false
  let timer: unknown

  const rate = (): number => (isHeld ? 0 : speed)

  const advance = (): void => {
    const nowMs = clock.now()
    const passedMs = nowMs - sinceMs
    // Not a number of milliseconds where the speed has no bounds: 0 * Infinity.
    positionMs = rate() === Infinity ? Infinity : positionMs + passedMs * rate()
    sinceMs = nowMs
  }

  const wait = (): void => {
    clock.clearTimeout(timer)
    const markMs = marksMs[next]
    if (isOver || markMs === undefined || rate() === 0) return
    const waitMs = rate() === Infinity ? 0 : Math.max(0, (markMs - positionMs) / rate())
    timer = clock.setTimeout(turn, Math.min(waitMs, LONGEST_WAIT_MS))
  }

  const turn = (): void => {
    advance()
    // Whoever is called back may hold, skip or end.
    while (!isOver && rate() > 0 && next < marksMs.length && marksMs[next]! <= positionMs) onMark(next++)
    wait()
  }

  const change = (apply: () => void): void => {
    advance()
    // After all at once, time goes on from where it has come to.
    if (positionMs === Infinity) positionMs = marksMs[Math.max(0, next - 1)] ?? 0
    apply()
    wait()
  }

  wait()
  return {
    setSpeed: (given) => change(() => (speed = given)),
    hold: () => change(() => (isHeld = true)),
    goOn: () => change(() => (isHeld = false)),
    skipTo: (index) =>
      change(() => {
        next = Math.max(next, index)
        positionMs = Math.max(positionMs, marksMs[index] ?? positionMs)
      }),
    end() {
      isOver = true
      clock.clearTimeout(timer)
    },
  }
}

export const browserClock: Clock = {
  now: () => Date.now(),
  setTimeout: (work, delayMs) => setTimeout(work, delayMs),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
}
