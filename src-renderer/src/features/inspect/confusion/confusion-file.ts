import { element, escapeXml } from '../../../../../src-shared/util/xml.js'
import type { CsvCell } from '../../../../../src-shared/util/csv.js'
import type { Confusion } from './confusion.js'

export interface NamedConfusion {
  readonly title: string
  readonly confusion: Confusion
}

export interface ConfusionInks {
  readonly text: string
  readonly dim: string
  readonly line: string
  readonly panel: string
  readonly right: string
  readonly wrong: string
  readonly font: string
}

const CELL = 30
const HEAD = 60
const SIDE = 64
const ACROSS = 2

/** Matrices beside and under each other, as one vector picture. */
export function confusionSvg(
  origin: string,
  matrices: readonly NamedConfusion[],
  classNames: readonly string[],
  inks: ConfusionInks,
): { readonly svg: string; readonly size: { readonly width: number; readonly height: number } } {
  const side = SIDE + classNames.length * CELL + 16
  const height = HEAD + classNames.length * CELL + 16
  const size = {
    width: Math.min(ACROSS, matrices.length) * side,
    height: Math.ceil(matrices.length / ACROSS) * height + 20,
  }
  const words = (text: string, x: number, y: number, anchor: string, ink: string, fontSize = 11): string =>
    element('text', { x, y, 'text-anchor': anchor, fill: ink, 'font-size': fontSize }, escapeXml(text))
  const parts = matrices.map(({ title, confusion: { classes, counts, totals } }, index) => {
    const names = classNames.flatMap((name, k) => [
      words(name, SIDE + (k + 0.5) * CELL, HEAD - 6, 'middle', inks.dim),
      words(name, SIDE - 6, HEAD + (k + 0.65) * CELL, 'end', inks.dim),
    ])
    const cells = Array.from(counts, (count, at) => {
      const [row, column] = [Math.floor(at / classes), at % classes]
      const [x, y] = [SIDE + column * CELL, HEAD + row * CELL]
      const strength = totals[row] === 0 ? 0 : (0.45 * count) / totals[row]!
      const ink = row === column ? inks.right : inks.wrong
      const box = { x, y, width: CELL, height: CELL, stroke: inks.line, fill: ink, 'fill-opacity': strength.toFixed(3) }
      const number = count === 0 ? '' : words(String(count), x + CELL / 2, y + 0.65 * CELL, 'middle', inks.text)
      return element('rect', box) + number
    })
    const place = `translate(${(index % ACROSS) * side} ${Math.floor(index / ACROSS) * height})`
    const head = words(`${title} (rows: true class, columns: answer)`, 8, 20, 'start', inks.text, 13)
    return element('g', { transform: place }, head + names.join('') + cells.join(''))
  })
  const svg = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      ...size,
      viewBox: `0 0 ${size.width} ${size.height}`,
      'font-family': inks.font,
    },
    element('rect', { ...size, fill: inks.panel }) +
      parts.join('') +
      words(origin, 8, size.height - 8, 'start', inks.dim, 10),
  )
  return { svg, size }
}

/** One count a row, with what it comes from. */
export function confusionRows(
  runId: string,
  split: string,
  matrices: readonly NamedConfusion[],
  classNames: readonly string[],
): CsvCell[][] {
  const rows = matrices.flatMap(({ title, confusion: { classes, counts } }) =>
    Array.from(counts, (count, at): CsvCell[] => [
      runId,
      split,
      title,
      classNames[Math.floor(at / classes)] ?? '',
      classNames[at % classes] ?? '',
      count,
    ]),
  )
  return [['run', 'split', 'view and model', 'true class', 'answer', 'samples'], ...rows]
}
