/** Characters kept for the record of how an engine ended. */
const LAST_WORDS = 2_000
/** A library that prints without end is not allowed to fill the memory with one line. */
const MAX_LINE = 2_000

/** What an engine process prints: its last words are kept, and every whole line is told. */
export interface EngineWords {
  hear(chunk: Buffer | string): void
  last(): string
  onLine(listener: (line: string) => void): void
}

export function createEngineWords(): EngineWords {
  const listeners = new Set<(line: string) => void>()
  let last = ''
  let rest = ''
  return {
    hear(chunk) {
      const text = chunk.toString()
      last = (last + text).slice(-LAST_WORDS)
      const lines = (rest + text).split(/\r?\n/)
      rest = (lines.pop() ?? '').slice(-MAX_LINE)
      for (const line of lines) {
        if (line.trim() !== '') listeners.forEach((listener) => listener(line.slice(0, MAX_LINE)))
      }
    },
    last: () => last.trim(),
    onLine: (listener) => void listeners.add(listener),
  }
}
