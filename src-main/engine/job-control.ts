/** What a researcher can do to a job while it runs. The loops of the laboratory ask here ten times a second. */
export interface JobControl {
  readonly signal: AbortSignal
  /** Ends the job at once, paused or not. */
  cancel(): void
  /** False when it was paused already. */
  pause(): boolean
  resume(): boolean
  /** Lets each loop end after its present epoch. A paused job goes on to do so. */
  stop(): void
  isStopping(): boolean
  /** Lets messages in, and waits here while the job is paused. */
  breathe(): Promise<void>
  /** Milliseconds, standing still while the job is paused. */
  now(): number
}

export function createJobControl(clock: () => number = () => performance.now()): JobControl {
  const controller = new AbortController()
  let pause: { since: number; over: Promise<void>; end: () => void } | null = null
  let pausedMs = 0
  let stopping = false

  const resume = (): boolean => {
    if (pause === null) return false
    pausedMs += clock() - pause.since
    pause.end()
    pause = null
    return true
  }

  return {
    signal: controller.signal,
    cancel() {
      controller.abort()
      resume()
    },
    pause() {
      if (pause !== null) return false
      const { promise, resolve } = Promise.withResolvers<void>()
      pause = { since: clock(), over: promise, end: resolve }
      return true
    },
    resume,
    stop() {
      stopping = true
      resume()
    },
    isStopping: () => stopping,
    async breathe() {
      await new Promise((resolve) => setImmediate(resolve))
      while (pause !== null) await pause.over
    },
    now: () => clock() - pausedMs - (pause === null ? 0 : clock() - pause.since),
  }
}
