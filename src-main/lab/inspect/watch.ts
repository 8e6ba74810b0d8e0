/** Whoever waits for something long: lets messages in between, hears how far it is, and can end it. */
export interface Watch {
  /** Throws `cancelled` once nobody waits any more. */
  breathe(): Promise<void>
  progress(done: number, total: number): void
}

/** The same for work that tells how far it is by the time. */
export interface TimedWatch extends Watch {
  /** Milliseconds on a clock that never goes back. */
  now(): number
}
