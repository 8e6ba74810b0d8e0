import { stripVTControlCharacters } from 'node:util'

/**
 * Results go to standard output, everything meant for people while they wait to standard error. Names, notes and messages
 * may come from a stranger's files, so no line reaches a terminal with anything in it that it would obey.
 */
export function printResult(text: string): void {
  process.stdout.write(`${plain(text)}\n`)
}

export function printJson(value: unknown): void {
  process.stdout.write(`${inertJson(value)}\n`)
}

export function say(text: string): void {
  process.stderr.write(`${plain(text)}\n`)
}

/** JSON escapes the control characters up to 1F by itself, and leaves those from 7F to 9F, which terminals obey too. */
export function inertJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007F-\u009F]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Text that came from files or other programs, without anything that a terminal would obey. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/(?![\n\t])\p{Cc}/gu, '')
}

/** Columns padded to the widest cell; the first column to the left, the others to the right, unless said otherwise. */
export function formatTable(
  rows: readonly (readonly string[])[],
  sides: readonly ('left' | 'right')[] = ['left'],
): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          sides[column] === 'left' ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
        )
        .join('   ')
        .trimEnd(),
    )
    .join('\n')
}

export function percent(rate: number | null): string {
  return rate === null ? 'unknown' : `${(100 * rate).toFixed(1)} %`
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}

export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}
