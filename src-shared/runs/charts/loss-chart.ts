import type { RunState } from '../run-state.js'
import type { ChartInput, ChartPoint, ChartTable, XKind } from '../../chart/chart-types.js'
import { clock, plainNumber } from '../../util/format.js'
import { runAxis } from './run-axis.js'

/** More rows than this nobody reads; the files of the run have all of them. */
const MAX_ROWS = 200

/** The loss over the run. Each stage minimises something else, and each pass begins anew: their curves are not joined. */
export function lossChart(state: RunState, kind: XKind): ChartInput {
  const { axis, boundaries, lossAt } = runAxis(state, kind)
  const byPass = new Map<number, ChartPoint[]>()
  for (const point of state.loss) {
    const points = byPass.get(point.pass) ?? []
    points.push({ x: lossAt(point), y: point.loss, timeMs: point.elapsedMs })
    byPass.set(point.pass, points)
  }
  return {
    series: [{ id: 'loss', label: 'Loss', colour: 'text', dash: [], marker: 'none', segments: [...byPass.values()] }],
    boundaries,
    x: axis,
    y: { title: 'loss of the stage', format: plainNumber },
  }
}

export function lossTable({ loss, passes, record }: RunState): ChartTable {
  const stride = Math.max(1, Math.ceil(loss.length / MAX_ROWS))
  const shown = loss.filter((_, index) => index % stride === 0 || index === loss.length - 1)
  return {
    columns: ['Stage', 'Time', 'Epoch', 'Step', 'Loss'],
    rows: shown.map(({ pass, elapsedMs, steps, loss: value }) => {
      const { stage = -1, note = null, stepsPerEpoch = 1 } = passes[pass] ?? {}
      const title = record.stages[stage]?.title ?? ''
      return [
        note === null ? title : `${title}, ${note}`,
        clock(elapsedMs),
        String(Math.ceil(steps / stepsPerEpoch)),
        String(steps),
        plainNumber(value),
      ]
    }),
    ...(stride > 1 ? { note: `One of ${stride} points.` } : {}),
  }
}
