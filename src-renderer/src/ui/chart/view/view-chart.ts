import type { ChartAxis, ChartInput, ChartPoint, ChartSeries } from '../../../../../src-shared/chart/chart-types.js'
import { pointsWithin } from '../nearest.js'
import { rawId } from '../readout.js'
import { extent, rounded, scaleOf, type Range } from '../../../../../src-shared/chart/scale.js'
import type { ChartSettings } from './chart-settings.js'
import { decimate } from './decimate.js'
import { smooth } from './smooth.js'

/** The part of a chart that is looked at. Null: all of it. */
export interface Zoom {
  readonly x: Range | null
  readonly y: Range | null
}

export type LineSettings = Pick<ChartSettings, 'smoothing' | 'isLog' | 'hidden'>

/** Points of all lines together that are handed to the canvas: more than it has pixels across. */
const MAX_DRAWN = 6_000
/** Of the values, this share at either end may lie outside when outliers are ignored. */
const OUTLIERS = 0.05
/** So many values tell where the outliers begin. */
const MAX_SORTED = 10_000

export interface ShownLines {
  readonly series: readonly ChartSeries[]
  /** Points that a logarithmic axis has no place for. */
  readonly leftOut: number
}

/** The lines as they are wanted: some switched off, smoothed over their faint originals, without what a log axis lacks. */
export function shownLines(series: readonly ChartSeries[], { smoothing, isLog, hidden }: LineSettings): ShownLines {
  let leftOut = 0
  const positive = (points: readonly ChartPoint[]): readonly ChartPoint[] => {
    const kept = points.filter(({ y }) => y > 0)
    leftOut += points.length - kept.length
    return kept
  }
  const wanted = series
    .filter(({ id }) => !hidden.includes(id))
    .map((each) => (isLog ? { ...each, segments: each.segments.map(positive) } : each))
    .filter(({ segments }) => segments.some((points) => points.length > 0))
  if (smoothing === 0) return { series: wanted, leftOut }
  const faint = wanted.map((each): ChartSeries => ({ ...each, id: rawId(each.id), isFaint: true, dash: [] }))
  const smoothed = wanted.map((each): ChartSeries => ({
    ...each,
    label: `${each.label}, smoothed`,
    segments: each.segments.map((points) => smooth(points, smoothing)),
  }))
  return { series: [...faint, ...smoothed], leftOut }
}

/**
 * The chart with the ends of its axes fixed to what is looked at, so that nobody has to go through the points again. Ends
 * that an axis gives stay; the vertical one otherwise fits what is to be seen between the ends of the horizontal one.
 */
export function framed(
  input: ChartInput,
  { isLog, ignoresOutliers }: Pick<ChartSettings, 'isLog' | 'ignoresOutliers'>,
  zoom: Zoom,
): ChartInput {
  const x = { ...input.x, ...(zoom.x ?? ends(scaleOf(input.x, input.series, 'x'))) }
  const { min: _min, max: _max, ticks: _ticks, ...free } = input.y
  const y: ChartAxis = isLog ? { ...free, isLog } : ignoresOutliers || zoom.y !== null ? free : input.y
  if (zoom.y !== null) return { ...input, x, y: { ...y, ...zoom.y } }
  const { series } = zoom.x === null ? input : inWindow({ ...input, x })
  const range = ignoresOutliers ? rounded(withoutOutliers(series), isLog) : ends(scaleOf(y, series, 'y'))
  return { ...input, x, y: { ...y, ...range } }
}

function ends({ min, max }: Range): Range {
  return { min, max }
}

/** What a canvas of so many columns can show of the chart. */
export function drawable(input: ChartInput, columns: number): ChartInput {
  const window = scaleOf(input.x, input.series, 'x')
  const perLine = Math.max(1, Math.min(columns, Math.floor(MAX_DRAWN / 2 / Math.max(1, input.series.length))))
  const series = input.series.map((each) => ({
    ...each,
    segments: each.segments.map((points) => decimate(points, window, perLine)).filter((points) => points.length > 0),
  }))
  return { ...input, series }
}

/** The points between the ends of the horizontal axis. */
export function inWindow(input: ChartInput): ChartInput {
  const { min = -Infinity, max = Infinity } = input.x
  const series = input.series.map((each) => ({
    ...each,
    segments: each.segments.map((points) => pointsWithin(points, { min, max })),
  }))
  return { ...input, series }
}

/** Where the values lie but for a few at either end. */
function withoutOutliers(series: readonly ChartSeries[]): Range {
  const values = series
    .filter(({ isFaint }) => isFaint !== true)
    .flatMap(({ segments }) => segments)
    .flat()
  const stride = Math.max(1, Math.ceil(values.length / MAX_SORTED))
  const sorted = Float64Array.from(
    { length: Math.ceil(values.length / stride) },
    (_, i) => values[i * stride]!.y,
  ).toSorted()
  if (sorted.length === 0) return extent(series, 'y')
  const cut = Math.floor(OUTLIERS * (sorted.length - 1))
  return { min: sorted[cut]!, max: sorted[sorted.length - 1 - cut]! }
}
