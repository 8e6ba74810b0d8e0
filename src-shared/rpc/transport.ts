/** A pipe for messages that survive structured cloning. What the messages mean is not its business. */
export interface Transport {
  send(message: unknown): void
  /** Returns the way out. Messages that arrive before the first listener are kept for it. */
  onMessage(listener: (message: unknown) => void): () => void
  /** `reason` is for people. Fires once; at once if the pipe is closed already. */
  onClose(listener: (reason: string) => void): () => void
  /** `reason` is what this side's listeners are told. */
  close(reason?: string): void
}
