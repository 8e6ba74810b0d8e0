import type { CsvCell } from '../../../../../src-shared/util/csv.js'
import { element, escapeXml, svgRoot, type VectorPicture } from '../../../../../src-shared/util/xml.js'
import { pairAt, shareOf, type Confusion } from '../../../ui/confusion/confusion.js'

export interface NamedConfusion {
  readonly id: string
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

/** Classes up to which every cell holds its number. */
export const MOST_COUNTED = 20

const counted = { cell: 30, fontSize: 11, strongest: 0.45 } as const
/** So small that hundreds of classes are a picture which browsers can still draw. */
const uncounted = { cell: 9, fontSize: 7, strongest: 1 } as const
const TITLE = 28
const FOOT = 20
const PAD = 16
const ACROSS = 2
/** Width of an average letter, as a share of the size of the font. */
const LETTER = 0.58
const MOST_LETTERS = 18

/** Matrices beside and under each other, as one vector picture. */
export function confusionSvg(
  origin: string,
  matrices: readonly NamedConfusion[],
  classNames: readonly string[],
  inks: ConfusionInks,
): VectorPicture {
  const isCounted = classNames.length <= MOST_COUNTED
  const { cell, fontSize, strongest } = isCounted ? counted : uncounted
  const names = classNames.map((name) => (name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 1)}…` : name))
  const nameRoom = Math.max(0, ...names.map(({ length }) => length)) * fontSize * LETTER + 12
  const head = TITLE + nameRoom
  const width = Math.ceil(nameRoom + classNames.length * cell + PAD)
  const height = Math.ceil(head + classNames.length * cell + PAD)
  const size = {
    width: Math.min(ACROSS, matrices.length) * width,
    height: Math.ceil(matrices.length / ACROSS) * height + FOOT,
  }
  const words = (text: string, at: Readonly<Record<string, string | number>>): string =>
    element('text', { fill: inks.dim, 'font-size': fontSize, ...at }, escapeXml(text))
  const nameWords = names.flatMap((name, k) => [
    words(name, { transform: `translate(${nameRoom + (k + 0.5) * cell + 0.35 * fontSize} ${head - 6}) rotate(-90)` }),
    words(name, { x: nameRoom - 6, y: head + (k + 0.5) * cell + 0.35 * fontSize, 'text-anchor': 'end' }),
  ])
  const frame = element('rect', {
    x: nameRoom,
    y: head,
    width: classNames.length * cell,
    height: classNames.length * cell,
    fill: 'none',
    stroke: inks.line,
  })
  const parts = matrices.map(({ title, confusion }, index) => {
    const cells = Array.from(confusion.counts, (count, at) => {
      if (count === 0) return ''
      const pair = pairAt(at, confusion.classes)
      const [x, y] = [nameRoom + pair.answer * cell, head + pair.trueClass * cell]
      const share = shareOf(confusion, pair)
      const box = element('rect', {
        x,
        y,
        width: cell,
        height: cell,
        fill: pair.trueClass === pair.answer ? inks.right : inks.wrong,
        'fill-opacity': (strongest * (isCounted ? share : Math.sqrt(share))).toFixed(3),
      })
      if (!isCounted) return box
      const middle = { x: x + cell / 2, y: y + 0.65 * cell, 'text-anchor': 'middle', fill: inks.text }
      return box + words(String(count), middle)
    })
    const heading = `${title} (rows: true class, columns: answer)`
    const titleWords = words(heading, { x: 8, y: 20, fill: inks.text, 'font-size': 13 })
    const place = `translate(${(index % ACROSS) * width} ${Math.floor(index / ACROSS) * height})`
    return element('g', { transform: place }, titleWords + nameWords.join('') + cells.join('') + frame)
  })
  const background = element('rect', { ...size, fill: inks.panel })
  const foot = words(origin, { x: 8, y: size.height - 8, 'font-size': 10 })
  return { svg: svgRoot(size, inks.font, background + parts.join('') + foot), size }
}

/** One count a row, with what it comes from. */
export function confusionRows(
  runId: string,
  split: string,
  matrices: readonly NamedConfusion[],
  classNames: readonly string[],
): CsvCell[][] {
  const rows = matrices.flatMap(({ title, confusion: { classes, counts } }) =>
    Array.from(counts, (count, at): CsvCell[] => {
      const { trueClass, answer } = pairAt(at, classes)
      return [runId, split, title, classNames[trueClass] ?? '', classNames[answer] ?? '', count]
    }),
  )
  return [['run', 'split', 'view and model', 'true class', 'answer', 'samples'], ...rows]
}
