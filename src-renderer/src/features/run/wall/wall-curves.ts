import type { MetricPoint } from '../../../../../src-shared/runs/run-state.js'
import type { ChartInput, ChartSeries, ChartTable } from '../../../../../src-shared/chart/chart-types.js'
import { percent, share } from '../../../ui/format.js'
import { epochTicks } from '../../../../../src-shared/runs/charts/score-chart.js'

export interface CurvePoint {
  readonly epoch: number
  readonly attackSuccess: number | null
  readonly cleanAccuracy: number | null
}

/** What the evaluation measured after each epoch, on as many test images as curves are drawn from, of a stage. */
export function curvePoints(metrics: readonly MetricPoint[], stage: number): CurvePoint[] {
  return metrics.flatMap(({ stage: of, epoch, origin, values }) =>
    of === stage && origin === 'evaluation' && epoch !== null
      ? [{ epoch, attackSuccess: values.attackSuccessRate ?? null, cleanAccuracy: values.cleanAccuracy ?? null }]
      : [],
  )
}

/** `at` is the place of the cursor, in epochs; null for none. */
export function curveChart(points: readonly CurvePoint[], epochs: number, at: number | null): ChartInput {
  const last = Math.max(1, epochs, points.at(-1)?.epoch ?? 0)
  const line = (key: 'attackSuccess' | 'cleanAccuracy'): ChartSeries['segments'] => {
    const known = points.flatMap(({ epoch, [key]: y }) => (y === null ? [] : [{ x: epoch, y }]))
    return known.length === 0 ? [] : [known]
  }
  return {
    series: [
      {
        id: 'cleanAccuracy',
        label: 'Clean accuracy',
        colour: 'clean',
        dash: [],
        marker: 'circle',
        segments: line('cleanAccuracy'),
      },
      {
        id: 'attackSuccessRate',
        label: 'Attack success',
        colour: 'attack',
        dash: [6, 3],
        marker: 'triangle',
        segments: line('attackSuccess'),
      },
    ],
    boundaries: at === null ? [] : [{ x: at, label: 'moment on the wall', isCursor: true }],
    x: {
      title: 'epoch of the repair',
      min: 0,
      max: last,
      ticks: [0, ...epochTicks([{ stage: 0, offset: 0, width: last }], last)],
      format: String,
      describe: (epoch) => (epoch === 0 ? 'before the repair' : `epoch ${epoch}`),
    },
    y: {
      title: 'share of images',
      rawTitle: 'share of images, 0 to 1',
      min: 0,
      max: 1,
      format: share,
    },
  }
}

export function curveTable(points: readonly CurvePoint[]): ChartTable {
  return {
    columns: ['Epoch', 'Clean accuracy', 'Attack success'],
    rows: points.map(({ epoch, cleanAccuracy, attackSuccess }) => [
      String(epoch),
      percent(cleanAccuracy),
      percent(attackSuccess),
    ]),
  }
}
