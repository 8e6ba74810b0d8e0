import type { JsonObject } from '../../../../../src-shared/model/json.js'
import { fileName } from '../../../client/file-name.js'
import { saveFile } from '../../../client/save-file.js'
import { readChartColours } from '../read-chart-colours.js'
import type { ChartInput } from '../../../../../src-shared/chart/chart-types.js'
import { drawable, inWindow } from '../view/view-chart.js'
import { chartCsv } from './chart-csv.js'
import { chartSvg, PICTURE_SIZE } from '../../../../../src-shared/chart/chart-svg.js'
import { svgToPng } from './svg-to-png.js'

export const chartFormats = [
  { id: 'png', title: 'PNG', about: '2x' },
  { id: 'svg', title: 'SVG', about: 'vector' },
  { id: 'csv', title: 'CSV', about: 'data' },
] as const
export type ChartFormat = (typeof chartFormats)[number]['id']

/** Columns per pixel of the page: a picture can be looked at closely. */
const FINER = 2

/** Keeps a chart as a file that says what it is of. Pictures are light, because they go into papers. */
export async function exportChart(
  format: ChartFormat,
  title: string,
  input: ChartInput,
  host: HTMLElement,
  about: JsonObject = {},
): Promise<void> {
  const name = fileName(title, format)
  if (format === 'csv') {
    await saveFile('table', name, new Blob([chartCsv(inWindow(input), about)], { type: 'text/csv' }))
    return
  }
  const svg = chartSvg(title, drawable(input, PICTURE_SIZE.width * FINER), readChartColours(host, 'light'), about)
  const picture = format === 'svg' ? new Blob([svg], { type: 'image/svg+xml' }) : await svgToPng(svg, PICTURE_SIZE)
  await saveFile('image', name, picture)
}
