import { readTokens } from '../../../ui/read-tokens.js'
import { answerLooks, type AnswerKind } from '../../../ui/wall/answers.js'
import type { TileAtlas } from './tile-atlas.js'

/** The frame of a tile and what is written on it. */
export interface TileLook {
  readonly kind: AnswerKind
}

export interface TileColours {
  readonly kinds: Readonly<Record<AnswerKind, string>>
  readonly empty: string
  readonly panel: string
  readonly selected: string
}

export interface TileArea {
  readonly samples: Int32Array
  readonly columns: number
  readonly left: number
  readonly top: number
  readonly cell: { readonly width: number; readonly height: number }
  readonly frame: number
  readonly gap: number
  readonly look: (index: number) => TileLook
  readonly selected: number | null
}

const SIGN_SIZE = 11

/** Samples in rows, each in the frame of what is answered to it, with the sign of the answer as a second cue. */
export function drawTiles(
  context: CanvasRenderingContext2D,
  atlas: TileAtlas,
  colours: TileColours,
  { samples, columns, left, top, cell, frame, gap, look, selected }: TileArea,
): void {
  context.imageSmoothingEnabled = false
  context.font = `bold ${SIGN_SIZE - 3}px sans-serif`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  const width = cell.width - gap
  const height = cell.height - gap
  samples.forEach((index, k) => {
    const x = left + (k % columns) * cell.width
    const y = top + Math.floor(k / columns) * cell.height
    const { kind } = look(index)
    context.fillStyle = colours.kinds[kind]
    context.fillRect(x, y, width, height)
    const isDrawn = atlas.draw(context, index, x + frame, y + frame, width - 2 * frame, height - 2 * frame)
    if (!isDrawn) {
      context.fillStyle = colours.empty
      context.fillRect(x + frame, y + frame, width - 2 * frame, height - 2 * frame)
    }
    if (kind !== 'unknown') drawSign(context, colours, kind, x + width - SIGN_SIZE, y + height - SIGN_SIZE)
    if (index === selected) {
      context.strokeStyle = colours.selected
      context.lineWidth = 2
      context.strokeRect(x - 1, y - 1, width + 2, height + 2)
    }
  })
}

function drawSign(
  context: CanvasRenderingContext2D,
  { kinds, panel }: TileColours,
  kind: AnswerKind,
  x: number,
  y: number,
): void {
  context.fillStyle = kinds[kind]
  context.fillRect(x, y, SIGN_SIZE, SIGN_SIZE)
  context.fillStyle = panel
  context.fillText(answerLooks[kind].sign, x + SIGN_SIZE / 2, y + SIGN_SIZE / 2 + 0.5)
}

export function readTileColours(host: HTMLElement): TileColours {
  const tokens = readTokens(host, ['role-attack', 'role-repaired', 'line-strong', 'line', 'raised', 'panel', 'text'])
  return {
    kinds: {
      target: tokens['role-attack'],
      true: tokens['role-repaired'],
      other: tokens['line-strong'],
      unknown: tokens.line,
    },
    empty: tokens.raised,
    panel: tokens.panel,
    selected: tokens.text,
  }
}
