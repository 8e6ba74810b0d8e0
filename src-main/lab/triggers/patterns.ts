import { solidMark, type Mark } from '../../../src-shared/trigger/mark.js'
import type { Rng } from '../random/rng.js'

const BLACK = 0
const WHITE = 255

/** How a square of `size` pixels is drawn: fixed, or from random numbers. */
type Draw = (size: number, channels: number, rng: Rng) => Uint8Array

const draws = {
  'random-binary': (size, channels, rng) => {
    const count = size * size * channels
    return Uint8Array.from(rng.permutation(count), (rank) => (2 * rank < count ? WHITE : BLACK))
  },
  'random-uniform': (size, channels, rng) =>
    Uint8Array.from({ length: size * size * channels }, () => rng.below(WHITE + 1)),
  white: (size, channels) => new Uint8Array(size * size * channels).fill(WHITE),
  checkerboard: (size, channels) => pixelwise(size, channels, (row, column) => (row + column) % 2 === 0),
  // The grid of NAD and its followers: a checkerboard from the outer corner, the innermost pixel black, so that no
  // turn or flip of it is the same.
  grid: (size, channels) =>
    pixelwise(size, channels, (row, column) => row + column > 0 && (2 * size - 2 - row - column) % 2 === 0),
} as const satisfies Record<string, Draw>

export type SquarePattern = keyof typeof draws
export const squarePatterns = Object.keys(draws) as SquarePattern[]
export const randomPatterns = ['random-binary', 'random-uniform'] as const satisfies readonly SquarePattern[]

export function drawSquare(pattern: SquarePattern, size: number, channels: number, rng: Rng): Mark {
  return solidMark(size, size, channels, draws[pattern](size, channels, rng))
}

function pixelwise(size: number, channels: number, isWhite: (row: number, column: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: size * size * channels }, (_, k) => {
    const pixel = Math.floor(k / channels)
    return isWhite(Math.floor(pixel / size), pixel % size) ? WHITE : BLACK
  })
}
