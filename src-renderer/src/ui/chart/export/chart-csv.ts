import { commentLines } from '../../../../../src-shared/inspection/values-file.js'
import type { JsonObject } from '../../../../../src-shared/model/json.js'
import { csvText, type CsvCell } from '../../../../../src-shared/util/csv.js'
import type { ChartInput } from '../../../../../src-shared/chart/chart-types.js'

/** The points of a chart, one a row, as exact as they are known: what the picture shows, under what it is of. */
export function chartCsv({ series, x, y }: ChartInput, about: JsonObject = {}): string {
  const { describe } = x
  const place = (value: number): CsvCell[] => (describe === undefined ? [] : [describe(value)])
  const heads = ['series', ...(describe === undefined ? [] : ['place']), x.rawTitle ?? x.title, y.rawTitle ?? y.title]
  const rows = series.flatMap(({ label, segments }) =>
    segments.flat().map((point): CsvCell[] => [label, ...place(point.x), point.x, point.y]),
  )
  return commentLines(about) + csvText([heads, ...rows])
}
