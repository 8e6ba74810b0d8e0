/** What reports are put together from. */
import { chartSvg } from '../chart/chart-svg.js'
import type { ChartInput, ChartTable } from '../chart/chart-types.js'
import { toBase64 } from '../util/base64.js'
import { isNumericColumn, type TextTable } from '../util/table-text.js'
import type { PictureSize } from '../util/xml.js'
import { joined, made, tag, text, type Html } from './html.js'
import { REPORT_COLOURS } from './style.js'

const CHART_SIZE: PictureSize = { width: 920, height: 380 }
/** Where two stand beside each other. */
export const HALF_CHART: PictureSize = { width: 560, height: 340 }

export function section(title: string, ...inside: readonly Html[]): Html {
  return tag('section', {}, tag('h2', {}, text(title)), ...inside)
}

export function paragraph(words: string, kind?: 'dim' | 'note'): Html {
  return tag('p', kind === undefined ? {} : { class: kind }, text(words))
}

export function facts(entries: readonly (readonly [string, string])[]): Html {
  return tag(
    'dl',
    { class: 'facts' },
    ...entries.map(([name, value]) => tag('div', {}, tag('dt', {}, text(name)), tag('dd', {}, text(value)))),
  )
}

/** A table; the first cell of each row names it. Wide ones are scrolled by themselves. */
export function table(caption: string, { columns, rows }: TextTable): Html {
  const sides = columns.map((_, column) =>
    column > 0 && isNumericColumn({ columns, rows }, column) ? { class: 'number' } : {},
  )
  const head = columns.map((title, column) => tag('th', { scope: 'col', ...sides[column] }, text(title)))
  const body = rows.map((cells) =>
    tag(
      'tr',
      {},
      ...cells.map((cell, column) =>
        column === 0 ? tag('th', { scope: 'row' }, text(cell)) : tag('td', { ...sides[column] }, text(cell)),
      ),
    ),
  )
  return scrolled(
    caption,
    tag(
      'table',
      {},
      tag('caption', {}, text(caption)),
      tag('thead', {}, tag('tr', {}, ...head)),
      tag('tbody', {}, joined(body)),
    ),
  )
}

export function scrolled(label: string, inside: Html): Html {
  return tag('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': label }, inside)
}

/** A chart, and its numbers for whoever does not see it. */
export function chart(title: string, input: ChartInput, data: ChartTable, size = CHART_SIZE): Html {
  const hasPoints = input.series.some(({ segments }) => segments.some((points) => points.length > 0))
  if (!hasPoints) return made('')
  const numbers = table(`${title}, as numbers`, data)
  const note = data.note === undefined ? [] : [paragraph(data.note, 'dim')]
  return tag(
    'div',
    {},
    tag('figure', { class: 'chart' }, made(chartSvg(title, input, REPORT_COLOURS, {}, size))),
    tag('details', { class: 'data' }, tag('summary', {}, text(`${title} as a table`)), numbers, ...note),
  )
}

export function dataUri(png: Uint8Array): string {
  return `data:image/png;base64,${toBase64(png)}`
}

export function footer(words: string): Html {
  return tag('footer', {}, text(words))
}
