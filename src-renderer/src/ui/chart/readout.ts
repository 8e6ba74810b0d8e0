import { nearestPoint } from './nearest.js'
import type { ChartInput, ChartSeries } from '../../../../src-shared/chart/chart-types.js'

export interface ReadoutRow {
  readonly series: ChartSeries
  readonly value: string
  /** As measured, where `value` is smoothed. */
  readonly raw: string | null
  readonly x: number
  readonly y: number
}

export interface Readout {
  readonly title: string
  readonly rows: readonly ReadoutRow[]
}

/** What the lines say at a place; those without a point within `reach` of it say nothing. */
export function readoutAt({ series, x: axis, y: yAxis }: ChartInput, x: number, reach: number): Readout {
  const valueOf = (each: ChartSeries | undefined): { x: number; y: number } | null => {
    const point = each === undefined ? null : nearestPoint(each.segments, 'x', x)
    return point === null || Math.abs(point.x - x) > reach ? null : point
  }
  const raw = new Map(series.filter(({ isFaint }) => isFaint === true).map((each) => [each.id, each]))
  const rows = series.flatMap((each): ReadoutRow[] => {
    const point = each.isFaint === true ? null : valueOf(each)
    if (point === null) return []
    const measured = valueOf(raw.get(rawId(each.id)))
    const format = (value: number): string => yAxis.format(value, FINE)
    return [{ series: each, value: format(point.y), raw: measured === null ? null : format(measured.y), ...point }]
  })
  return { title: (axis.describe ?? axis.format)(x), rows }
}

/** As if the marks of the axis were very near: one wants to know exactly. */
const FINE = 0

/** The id of the faint line under a smoothed one. */
export function rawId(id: string): string {
  return `${id} raw`
}

export function readoutWords({ title, rows }: Readout): string {
  const values = rows.map(
    ({ series, value, raw }) => `${series.label} ${value}${raw === null ? '' : `, measured ${raw}`}`,
  )
  return `${title}: ${values.join('; ')}`
}
