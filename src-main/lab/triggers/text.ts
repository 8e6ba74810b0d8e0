import { z } from 'zod'
import type { FieldError } from '../../../src-shared/contract/errors.js'
import { inChannels, type Mark } from '../../../src-shared/trigger/mark.js'
import type { Size } from '../../../src-shared/trigger/place.js'
import { dotsOf, letters } from './font.js'

const MAX_LETTERS = 12
const MAX_SCALE = 12
const signs = letters.filter((letter) => !/[A-Z0-9 ]/.test(letter)).join(' ')
const ONLY_LETTERS = new RegExp(
  `^[${letters.map((letter) => `\\u{${letter.codePointAt(0)!.toString(16)}}`).join('')}]*$`,
  'iu',
)

/** A few letters, with at least one that paints something. */
export const TriggerText = z
  .string()
  .max(MAX_LETTERS)
  .regex(ONLY_LETTERS, `must consist of letters A to Z, digits, blanks and ${signs}`)
  .regex(/\S/, 'must have at least one letter that is not blank')

/** Pixels for each dot of a letter, in both directions. */
export const TextScale = z.int().min(1).max(MAX_SCALE)

/** Red, green and blue, as in `#ff8000`. */
export const Colour = z.string().regex(/^#[0-9a-f]{6}$/i, 'must be a colour such as "#ff8000"')

export interface TextParams {
  readonly text: string
  readonly textScale: number
  readonly colour: string
}

export function textSize({ text, textScale }: TextParams): Size {
  const dots = dotsOf(text)
  return { height: dots.length * textScale, width: (dots[0]?.length ?? 0) * textScale }
}

/** Whether a text fits into the image, at the path `text`. */
export function checkText(params: TextParams, image: Size): FieldError[] {
  const { height, width } = textSize(params)
  if (height <= image.height && width <= image.width) return []
  const message = `is ${height} x ${width} pixels large, which is more than the image (${image.height} x ${image.width})`
  return [{ path: 'text', value: JSON.stringify(params.text), message }]
}

/** The letters in their colour, or in its gray; around them the image shows through. */
export function drawText(params: TextParams, channels: number): Mark {
  const { height, width } = textSize(params)
  const dots = dotsOf(params.text)
  const ink = inChannels(coloursOf(params.colour), channels)
  const values = new Uint8Array(height * width * channels)
  const coverage = new Uint8Array(values.length)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      if (!dots[Math.floor(row / params.textScale)]![Math.floor(column / params.textScale)]) continue
      const at = (row * width + column) * channels
      values.set(ink, at)
      coverage.fill(255, at, at + channels)
    }
  }
  return { height, width, channels, values, coverage }
}

function coloursOf(colour: string): [number, number, number] {
  const part = (at: number): number => Number.parseInt(colour.slice(at, at + 2), 16)
  return [part(1), part(3), part(5)]
}
