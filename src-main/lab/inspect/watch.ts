/** Whoever waits for something long: lets messages in between, hears how far it is, and can end it. */
export interface Watch {
  /** Throws `cancelled` once nobody waits any more. */
  breathe(): Promise<void>
  progress(done: number, total: number): void
}
