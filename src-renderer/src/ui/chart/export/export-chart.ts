import { fileName } from '../../../client/file-name.js'
import { saveFile } from '../../../client/save-file.js'
import { readChartColours } from '../read-chart-colours.js'
import type { ChartInput } from '../chart-types.js'
import { chartCsv } from './chart-csv.js'
import { chartSvg, PICTURE_SIZE } from './chart-svg.js'
import { svgToPng } from './svg-to-png.js'

export const chartFormats = [
  { id: 'png', title: 'PNG', about: '2x' },
  { id: 'svg', title: 'SVG', about: 'vector' },
  { id: 'csv', title: 'CSV', about: 'data' },
] as const
export type ChartFormat = (typeof chartFormats)[number]['id']

/** Keeps a chart as a file. Pictures are light, because they go into papers. */
export async function exportChart(
  format: ChartFormat,
  title: string,
  input: ChartInput,
  host: HTMLElement,
): Promise<void> {
  const name = fileName(title, format)
  if (format === 'csv') {
    await saveFile('table', name, new Blob([chartCsv(input)], { type: 'text/csv' }))
    return
  }
  const svg = chartSvg(title, input, readChartColours(host, 'light'))
  const picture = format === 'svg' ? new Blob([svg], { type: 'image/svg+xml' }) : await svgToPng(svg, PICTURE_SIZE)
  await saveFile('image', name, picture)
}
