import type { RunState } from '../../stores/run-state.js'
import type { ChartInput, ChartPoint, ChartTable } from '../../ui/chart/chart-types.js'
import { clock, plainNumber } from '../../ui/format.js'

/** More rows than this nobody reads; the files of the run have all of them. */
const MAX_ROWS = 200

/** The loss over time. Each stage minimises something else, so its curve stands for itself. */
export function lossChart({ loss, stageTimes, startedMs, record }: RunState): ChartInput {
  const byStage = new Map<number, ChartPoint[]>()
  for (const { stage, elapsedMs, loss: y } of loss) {
    const points = byStage.get(stage) ?? []
    points.push({ x: elapsedMs / 1000, y })
    byStage.set(stage, points)
  }
  const boundaries = [...byStage.keys()].map((stage) => ({
    x: ((stageTimes[stage]?.startedMs ?? startedMs ?? 0) - (startedMs ?? 0)) / 1000,
    label: shortTitle(record.stages[stage]?.title ?? ''),
  }))
  return {
    series: [{ id: 'loss', label: 'Loss', colour: 'text', dash: [], marker: 'none', segments: [...byStage.values()] }],
    boundaries,
    x: {
      title: 'time, minutes and seconds',
      rawTitle: 'time in seconds',
      min: 0,
      format: (seconds) => clock(seconds * 1000),
    },
    y: { title: 'loss of the stage', format: plainNumber },
  }
}

export function lossTable({ loss, record }: RunState): ChartTable {
  const stride = Math.max(1, Math.ceil(loss.length / MAX_ROWS))
  const shown = loss.filter((_, index) => index % stride === 0 || index === loss.length - 1)
  return {
    columns: ['Stage', 'Time', 'Loss'],
    rows: shown.map(({ stage, elapsedMs, loss: value }) => [
      record.stages[stage]?.title ?? String(stage),
      clock(elapsedMs),
      plainNumber(value),
    ]),
    ...(stride > 1 ? { note: `One of ${stride} points.` } : {}),
  }
}

/** `BAERASER: Unlearn triggers` as `Unlearn triggers`: above a chart there is little room. */
export function shortTitle(title: string): string {
  return title.slice(title.indexOf(':') + 1).trim()
}
