import type { Room } from '../../composables/use-canvas.js'
import { readTokens } from '../read-tokens.js'
import { shareOf, type Confusion, type ConfusionPair } from './confusion.js'

const TOKENS = ['text', 'dim', 'line', 'panel', 'accent', 'role-repaired', 'role-attack', 'role-attack-text'] as const
export type ConfusionColours = Readonly<Record<(typeof TOKENS)[number], string>>

export function readConfusionColours(host: HTMLElement): ConfusionColours {
  return readTokens(host, TOKENS)
}

/** How large the cells of a matrix are drawn, and what is written. */
export interface ConfusionLayout {
  /** Side of a cell in pixels of the page. */
  readonly cell: number
  /** Room for the names of the true classes at the left, and for those of the answers above; 0 without names. */
  readonly head: number
  readonly hasCounts: boolean
}

export interface ConfusionScene {
  readonly confusion: Confusion
  readonly classNames: readonly string[]
  readonly target: number | null
  /** Whose samples are shown. */
  readonly chosen: ConfusionPair | null
  /** What is pointed at. */
  readonly pointed: ConfusionPair | null
  readonly layout: ConfusionLayout
  /** How far it is scrolled. */
  readonly left: number
  readonly top: number
}

/** Cells smaller than this stand without lines between them. */
const LINED = 8
/** Numbers have to be read on the strongest colour. */
const UNDER_COUNTS = 0.5
const FONT = 10
const PAD = 4

/** The part of a matrix that is in view. Strength goes with the square root, so that one sample in a hundred is seen. */
export function drawConfusion(
  context: CanvasRenderingContext2D,
  room: Room,
  colours: ConfusionColours,
  scene: ConfusionScene,
): void {
  const { confusion, target, chosen, pointed, layout, left, top } = scene
  const { cell, head, hasCounts } = layout
  const { classes, counts } = confusion
  const columns = inView(left, room.width - head, cell, classes)
  const rows = inView(top, room.height - head, cell, classes)
  const x = (column: number): number => head + column * cell - left
  const y = (row: number): number => head + row * cell - top

  context.save()
  context.beginPath()
  context.rect(head, head, Math.min(room.width - head, classes * cell), Math.min(room.height - head, classes * cell))
  context.clip()
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  context.font = `${FONT}px ${getComputedStyle(context.canvas).fontFamily}`
  for (let row = rows.from; row < rows.to; row++) {
    for (let column = columns.from; column < columns.to; column++) {
      const count = counts[row * classes + column]!
      if (count === 0) continue
      const strength = Math.sqrt(shareOf(confusion, { trueClass: row, answer: column }))
      context.globalAlpha = strength * (hasCounts ? UNDER_COUNTS : 1)
      context.fillStyle = inkOf(colours, row, column, target)
      context.fillRect(x(column), y(row), cell, cell)
      context.globalAlpha = 1
      if (!hasCounts) continue
      context.fillStyle = colours.text
      context.fillText(String(count), x(column) + cell / 2, y(row) + cell / 2)
    }
  }
  if (cell >= LINED) drawLines(context, colours.line, { x, y, rows, columns })
  if (pointed !== null) {
    context.globalAlpha = 0.12
    context.fillStyle = colours.text
    context.fillRect(head, y(pointed.trueClass), classes * cell, cell)
    context.fillRect(x(pointed.answer), head, cell, classes * cell)
    context.globalAlpha = 1
  }
  if (chosen !== null) {
    context.strokeStyle = colours.accent
    context.lineWidth = 2
    context.strokeRect(x(chosen.answer) - 1, y(chosen.trueClass) - 1, cell + 2, cell + 2)
  }
  context.restore()
  if (head > 0) drawNames(context, room, colours, scene, { x, y, rows, columns })
}

function inkOf(colours: ConfusionColours, row: number, column: number, target: number | null): string {
  if (row === column) return colours['role-repaired']
  return column === target ? colours['role-attack'] : colours.text
}

interface Range {
  readonly from: number
  readonly to: number
}

interface Grid {
  readonly x: (column: number) => number
  readonly y: (row: number) => number
  readonly rows: Range
  readonly columns: Range
}

function inView(from: number, room: number, cell: number, classes: number): Range {
  return { from: Math.floor(from / cell), to: Math.min(classes, Math.ceil((from + room) / cell)) }
}

function drawLines(context: CanvasRenderingContext2D, ink: string, { x, y, rows, columns }: Grid): void {
  context.fillStyle = ink
  const width = x(columns.to) - x(columns.from)
  const height = y(rows.to) - y(rows.from)
  for (let row = rows.from; row <= rows.to; row++) context.fillRect(x(columns.from), y(row), width, 1)
  for (let column = columns.from; column <= columns.to; column++) {
    context.fillRect(x(column), y(rows.from), 1, height)
  }
}

/** Of the rows at the left, of the columns above, each in its own band that the cells scroll below. */
function drawNames(
  context: CanvasRenderingContext2D,
  room: Room,
  colours: ConfusionColours,
  { classNames, target, pointed, layout: { cell, head } }: ConfusionScene,
  { x, y, rows, columns }: Grid,
): void {
  context.font = `${FONT}px ${getComputedStyle(context.canvas).fontFamily}`
  context.textBaseline = 'middle'
  const within = (left: number, top: number, width: number, height: number, draw: () => void): void => {
    context.save()
    context.beginPath()
    context.rect(left, top, width, height)
    context.clip()
    draw()
    context.restore()
  }
  const nameOf = (index: number): string => shortened(context, classNames[index] ?? String(index), head - 2 * PAD)
  within(0, head, head, room.height - head, () => {
    context.textAlign = 'right'
    for (let row = rows.from; row < rows.to; row++) {
      context.fillStyle = row === pointed?.trueClass ? colours.text : colours.dim
      context.fillText(nameOf(row), head - PAD, y(row) + cell / 2)
    }
  })
  within(head, 0, room.width - head, head, () => {
    context.textAlign = 'left'
    for (let column = columns.from; column < columns.to; column++) {
      context.save()
      context.translate(x(column) + cell / 2, head - PAD)
      context.rotate(-Math.PI / 2)
      const usual = column === pointed?.answer ? colours.text : colours.dim
      context.fillStyle = column === target ? colours['role-attack-text'] : usual
      context.fillText(nameOf(column), 0, 0)
      context.restore()
    }
  })
}

/** As much of a text as there is room for, with an ellipsis where that is not all. */
function shortened(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text
  let end = text.length - 1
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > room) end -= 1
  return `${text.slice(0, end)}…`
}
