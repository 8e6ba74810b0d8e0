import type { RunEvent } from '../contract/events.js'

export const METRICS_HEADER = 'stage,epoch,origin,name,value\n'

/** What an event adds to `metrics.csv`, the table of measured values of a run. */
export function metricLines(event: RunEvent): string {
  if (event.type !== 'run.metrics') return ''
  const { stage, epoch, origin, values } = event
  const lines = Object.entries(values).map(([name, value]) => `${stage},${epoch ?? ''},${origin},${name},${value}\n`)
  return lines.join('')
}

/** The whole file. */
export function metricsCsv(events: readonly RunEvent[]): string {
  return METRICS_HEADER + events.map(metricLines).join('')
}
