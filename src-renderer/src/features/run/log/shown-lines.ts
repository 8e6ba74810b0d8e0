import type { LogLevel, LogLine } from '../../../../../src-shared/runs/run-log.js'
import { timeOfDay } from '../../../ui/format.js'

/** What is shown of a log: all of it, or what begins and ends, or what may be wrong. */
export const logFilters = [
  { id: 'all', title: 'Everything', levels: ['stage', 'info', 'warning', 'error', 'engine'] },
  { id: 'stages', title: 'Stages and problems', levels: ['stage', 'warning', 'error'] },
  { id: 'problems', title: 'Problems', levels: ['warning', 'error'] },
  { id: 'engine', title: "The engine's own words", levels: ['engine'] },
] as const satisfies readonly { id: string; title: string; levels: readonly LogLevel[] }[]
export type LogFilter = (typeof logFilters)[number]['id']

/** Lines of the wanted levels that hold the wanted text, whatever its case. */
export function shownLines(lines: readonly LogLine[], filter: LogFilter, search: string): readonly LogLine[] {
  const wanted: readonly LogLevel[] = logFilters.find(({ id }) => id === filter)?.levels ?? []
  const needle = search.trim().toLowerCase()
  if (filter === 'all' && needle === '') return lines
  return lines.filter(({ level, text }) => wanted.includes(level) && text.toLowerCase().includes(needle))
}

const marks: Readonly<Record<LogLevel, string>> = {
  stage: 'Stage',
  info: '',
  warning: 'Warning',
  error: 'Error',
  engine: 'Engine',
}

/** The second cue beside the colour of a line. */
export function markOf({ level }: LogLine): string {
  return marks[level]
}

export function timeOf({ atMs }: LogLine): string {
  return timeOfDay(new Date(atMs))
}

/** As text for a mail or an issue: one line each. */
export function logText(lines: readonly LogLine[]): string {
  return lines
    .map((line) => [new Date(line.atMs).toISOString(), markOf(line).toUpperCase(), line.text].filter(Boolean).join(' '))
    .join('\n')
}
