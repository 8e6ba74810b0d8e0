import type {
  ChartAxis,
  ChartBoundary,
  ChartPoint,
  ChartSeries,
  ChartTable,
} from '../../../src-shared/chart/chart-types.js'
import { percent } from '../../src/ui/format.js'

export const epochAxis: ChartAxis = { title: 'Epoch', min: 0, max: 20, format: String }
export const shareAxis: ChartAxis = { title: 'Share', min: 0, max: 1, format: percent }

/** Points over the axis, or over a part of it. */
const curve = (count: number, yOf: (share: number) => number, from = 0, to = 20): ChartPoint[] =>
  Array.from({ length: count }, (_, index) => {
    const share = index / Math.max(1, count - 1)
    return { x: from + (to - from) * share, y: yOf(share) }
  })

export const clean: ChartSeries = {
  id: 'clean',
  label: 'Clean accuracy',
  colour: 'clean',
  dash: [],
  marker: 'circle',
  segments: [curve(20, (share) => 0.98 - 0.5 * (1 - share) ** 6)],
}
export const attack: ChartSeries = {
  id: 'attack',
  label: 'Attack success',
  colour: 'attack',
  dash: [6, 3],
  marker: 'triangle',
  segments: [curve(10, (share) => share, 0, 9), [{ x: 11, y: 0.97 }], curve(5, () => 0.02, 16, 20)],
}
export const recovered: ChartSeries = {
  id: 'recovered',
  label: 'Recovered triggers succeed',
  colour: 'recovered',
  dash: [2, 2],
  marker: 'rectRot',
  isHollow: true,
  segments: [curve(30, (share) => 0.3 + 0.6 * share)],
}

/** A line of many points: a wave under noise that is the same each time. */
export function manyPoints(id: string, count: number, colour: ChartSeries['colour']): ChartSeries {
  const points = curve(count, (share) => 0.5 + 0.3 * Math.sin(25 * share) + 0.1 * Math.sin(7_919 * count * share))
  return { id, label: `${count} points`, colour, dash: [], marker: 'none', segments: [points] }
}

export const boundaries: readonly ChartBoundary[] = [
  { x: 10, label: 'Recover triggers' },
  { x: 14, label: 'moment on the wall', isCursor: true },
]

export const tableOf = (series: readonly ChartSeries[]): ChartTable => ({
  columns: ['Series', 'Epoch', 'Share'],
  rows: series.flatMap(({ label, segments }) => segments.flat().map(({ x, y }) => [label, x.toFixed(1), percent(y)])),
  note: 'Measured on test images that no defense has seen.',
})
