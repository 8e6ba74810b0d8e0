import { plain } from './output.js'

/** Where there is no terminal, a line so often is enough. */
const PLAIN_EVERY_MS = 5_000

/** Lines for people who wait, the last of which changes in place where there is a terminal. */
export interface LiveLine {
  /** A line that stays. */
  line(text: string): void
  /** The live line; elsewhere a plain line, now and then. */
  replace(text: string): void
  /** Takes the live line away. */
  clear(): void
}

export function createLiveLine(stream: NodeJS.WriteStream): LiveLine {
  const isLive = stream.isTTY
  let lastPlain = -Infinity

  const clear = (): void => {
    if (isLive) stream.write('\r\x1b[2K')
  }
  const line = (text: string): void => {
    clear()
    stream.write(`${plain(text)}\n`)
  }
  return {
    line,
    clear,
    replace(text) {
      const now = performance.now()
      if (isLive) {
        clear()
        stream.write(plain(text).slice(0, Math.max(20, (stream.columns ?? 80) - 1)))
      } else if (now - lastPlain >= PLAIN_EVERY_MS) {
        lastPlain = now
        line(text)
      }
    },
  }
}
