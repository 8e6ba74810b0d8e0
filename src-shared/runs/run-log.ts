import type { RunEvent } from '../contract/index.js'
import type { EngineInfo } from '../model/engine-info.js'
import type { RunRecord } from '../model/run-record.js'

export const LOG_LEVELS = ['stage', 'info', 'warning', 'error', 'engine'] as const
/** `engine`: what the engine printed by itself, word for word. */
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LogLine {
  readonly atMs: number
  readonly level: LogLevel
  readonly text: string
}

/** What an event adds to the log of its run; null for what is told elsewhere, such as figures. */
export function logLine(event: RunEvent, { record }: { readonly record: RunRecord }): LogLine | null {
  const words = wordsFor(event, record)
  return words === null ? null : { atMs: Date.parse(event.at), level: words[0], text: words[1] }
}

function wordsFor(event: RunEvent, { stages }: RunRecord): [LogLevel, string] | null {
  switch (event.type) {
    case 'run.queued':
      return ['info', 'Waiting for the engine']
    case 'run.planned':
      return ['info', `${event.stages.length} stages planned, on ${engineWords(event.engine)}`]
    case 'run.stage':
      return ['stage', `${event.index + 1}/${stages.length} ${stages[event.index]?.title ?? ''}`]
    case 'run.note':
      return [event.level, event.text]
    case 'run.artifact':
      return ['info', `Saved ${event.artifact.path}: ${event.artifact.title}`]
    case 'run.paused':
      return ['info', 'Paused']
    case 'run.resumed':
      return ['info', event.from === undefined ? 'Resumed' : `Going on from a checkpoint: ${event.from}`]
    case 'run.finished':
      return ['stage', 'Done']
    case 'run.cancelled':
      return ['stage', 'Cancelled']
    case 'run.failed':
      return [
        'error',
        event.error.hint === undefined ? event.error.message : `${event.error.message} ${event.error.hint}`,
      ]
    default:
      return null
  }
}

/** What computed a run, for people. */
export function engineWords({ backend, tensorflowVersion, devices, threads }: EngineInfo): string {
  const what = backend === 'tensorflow' ? `TensorFlow ${tensorflowVersion ?? ''}` : 'plain JavaScript'
  return `${what}, ${devices.join(' and ')}, ${threads === 1 ? 'one thread' : `${threads} threads`}`
}
