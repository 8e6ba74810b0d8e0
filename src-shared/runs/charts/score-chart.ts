import type { MetricName } from '../../model/metrics.js'
import type { MetricPoint, RunState } from '../run-state.js'
import type { ChartInput, ChartPoint, ChartSeries, ChartTable, XKind } from '../../chart/chart-types.js'
import { percent, plainNumber, share } from '../../util/format.js'
import { runAxis, shortTitle, type RunAxis } from './run-axis.js'

type Look = Pick<ChartSeries, 'label' | 'colour' | 'dash' | 'marker' | 'isHollow'> & { readonly id: MetricName }

/** Solid: measured on the test images. Hollow or dotted: what the defender can estimate for itself. */
const looks: readonly Look[] = [
  { id: 'cleanAccuracy', label: 'Clean accuracy', colour: 'clean', dash: [], marker: 'circle' },
  { id: 'attackSuccessRate', label: 'Attack success', colour: 'attack', dash: [6, 3], marker: 'triangle' },
  {
    id: 'validationAccuracy',
    label: "Accuracy on the defender's images",
    colour: 'clean',
    dash: [2, 3],
    marker: 'circle',
    isHollow: true,
  },
  {
    id: 'recoveredSuccess',
    label: 'Success of recovered triggers',
    colour: 'recovered',
    dash: [2, 2],
    marker: 'rectRot',
  },
]

export interface StagePlace {
  readonly stage: number
  /** Where its epoch 0 lies on the common axis. */
  readonly offset: number
  readonly width: number
}

/** A result without epochs stands in the middle of this. */
const RESULT_WIDTH = 2

/** Between stages, because epoch 0 of one is not the last epoch of the one before. */
const GAP = 1

/** Stages with figures, laid end to end: as wide as they have epochs. */
export function stagePlaces({ metrics, progress, stageIndex }: RunState): StagePlace[] {
  const widths = new Map<number, number>()
  for (const { stage, epoch } of metrics) {
    widths.set(stage, Math.max(widths.get(stage) ?? 1, epoch ?? RESULT_WIDTH))
  }
  const planned = stageIndex === null ? undefined : widths.get(stageIndex)
  if (stageIndex !== null && planned !== undefined && progress !== null) {
    widths.set(stageIndex, Math.max(planned, progress.epochs))
  }
  let offset = 0
  return [...widths]
    .toSorted(([a], [b]) => a - b)
    .map(([stage, width]) => {
      const place = { stage, offset, width }
      offset += width + GAP
      return place
    })
}

/**
 * What was measured over the run. By epoch, only stages with figures have room, so that a search without any does not press
 * the rest together.
 */
export function scoreChart(state: RunState, kind: XKind): ChartInput {
  const { axis, boundaries, metricAt } = kind === 'epoch' ? measuredAxis(state) : runAxis(state, kind)
  const byStage = [...Map.groupBy(state.metrics, ({ stage }) => stage).values()]
  const series = looks.map(({ id, ...look }): ChartSeries => {
    const segments = byStage.flatMap((metrics) => {
      const points = metrics.flatMap((point): ChartPoint[] => {
        const y = point.values[id]
        return y === undefined ? [] : [{ x: metricAt(point), y, timeMs: point.elapsedMs }]
      })
      return points.length === 0 ? [] : [points]
    })
    return { id, ...look, segments }
  })
  return {
    series,
    boundaries,
    x: axis,
    y: { title: 'share of images', rawTitle: 'share of images, 0 to 1', min: 0, max: 1, format: share },
  }
}

function measuredAxis(state: RunState): Pick<RunAxis, 'axis' | 'boundaries' | 'metricAt'> {
  const places = stagePlaces(state)
  const last = places.at(-1)
  const end = last === undefined ? 1 : last.offset + last.width
  const titles = (stage: number): string => shortTitle(state.record.stages[stage]?.title ?? '')
  const placeAt = (x: number): StagePlace | undefined => places.findLast(({ offset }) => x >= offset) ?? places[0]
  const withEpochs = new Set(state.metrics.flatMap(({ stage, epoch }) => (epoch === null ? [] : [stage])))
  const offsets = new Map(places.map(({ stage, offset }) => [stage, offset]))
  return {
    axis: {
      title: 'epoch of the stage',
      rawTitle: 'epoch, stages laid end to end',
      min: 0,
      max: end,
      ticks: epochTicks(
        places.filter(({ stage }) => withEpochs.has(stage)),
        end,
      ),
      format: (x) => plainNumber(x - (placeAt(x)?.offset ?? 0)),
      describe: (x) => {
        const place = placeAt(x)
        if (place === undefined) return ''
        return withEpochs.has(place.stage) ? `${titles(place.stage)}, epoch ${x - place.offset}` : titles(place.stage)
      },
    },
    boundaries: places.map(({ stage, offset }) => ({ x: offset, label: titles(stage) })),
    metricAt: ({ stage, epoch }) => (offsets.get(stage) ?? 0) + (epoch ?? RESULT_WIDTH / 2),
  }
}

/** Round epochs of each stage, about a dozen in all. */
export function epochTicks(places: readonly StagePlace[], end: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200].find((each) => end / each <= 14) ?? 500
  return places.flatMap(({ offset, width }) =>
    Array.from({ length: Math.floor(width / step) }, (_, index) => offset + (index + 1) * step),
  )
}

export function scoreTable({ metrics, record }: RunState): ChartTable {
  return {
    columns: ['Stage', 'Epoch', ...looks.map(({ label }) => label)],
    rows: metrics.map(({ stage, epoch, values }: MetricPoint) => [
      record.stages[stage]?.title ?? String(stage),
      epoch === null ? 'result' : String(epoch),
      ...looks.map(({ id }) => percent(values[id])),
    ]),
  }
}
