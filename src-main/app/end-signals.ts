/** What asks a process to end, and the exit code that says so. SIGHUP: its terminal is gone. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** The first signal calls `end`, a second one ends the process at once. Returns the way out. */
export function onEndSignal(end: (exitCode: number) => void): () => void {
  let isEnding = false
  const listeners = Object.entries(EXIT_CODES).map(([signal, exitCode]) => {
    const listener = (): void => {
      if (isEnding) process.exit(exitCode)
      isEnding = true
      end(exitCode)
    }
    process.on(signal, listener)
    return { signal, listener }
  })
  return () => listeners.forEach(({ signal, listener }) => process.off(signal, listener))
}
