/**
 * A drawn picture to blend in: the face of a cat with a bow, out of simple shapes. Published codes blend a picture from a
 * film or a shop; this one belongs to the project.
 */
import { inChannels } from '../../../src-shared/trigger/mark.js'
import type { ImageShape } from '../data/image-set.js'

type Colour = readonly [number, number, number]

/** A shape that covers points (x to the right, y down, 0..1) with its colour. */
interface Shape {
  readonly colour: Colour
  readonly covers: (x: number, y: number) => boolean
}

const [SKY, FUR, INK, BOW, NOSE]: readonly [Colour, Colour, Colour, Colour, Colour] = [
  [86, 180, 233],
  [250, 250, 245],
  [20, 20, 30],
  [213, 32, 60],
  [240, 190, 60],
]

const ellipse = (cx: number, cy: number, rx: number, ry: number) => (x: number, y: number) =>
  ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1

const triangle =
  (...[a, b, c]: readonly [Point, Point, Point]) =>
  (x: number, y: number) => {
    const sides = [side(a, b, x, y), side(b, c, x, y), side(c, a, x, y)]
    return sides.every((value) => value >= 0) || sides.every((value) => value <= 0)
  }

type Point = readonly [number, number]

/** On which side of the line from one point to another: the sign tells. */
function side([ax, ay]: Point, [bx, by]: Point, x: number, y: number): number {
  return (bx - ax) * (y - ay) - (by - ay) * (x - ax)
}

/** From back to front; what none of them covers is sky. */
const shapes: readonly Shape[] = [
  { colour: INK, covers: triangle([0.1, 0.08], [0.16, 0.52], [0.44, 0.24]) },
  { colour: INK, covers: triangle([0.9, 0.08], [0.84, 0.52], [0.56, 0.24]) },
  { colour: INK, covers: ellipse(0.5, 0.58, 0.44, 0.38) },
  { colour: FUR, covers: triangle([0.15, 0.15], [0.2, 0.5], [0.42, 0.27]) },
  { colour: FUR, covers: triangle([0.85, 0.15], [0.8, 0.5], [0.58, 0.27]) },
  { colour: FUR, covers: ellipse(0.5, 0.58, 0.4, 0.34) },
  { colour: INK, covers: ellipse(0.32, 0.58, 0.04, 0.07) },
  { colour: INK, covers: ellipse(0.68, 0.58, 0.04, 0.07) },
  { colour: NOSE, covers: ellipse(0.5, 0.69, 0.06, 0.04) },
  { colour: BOW, covers: triangle([0.55, 0.1], [0.55, 0.38], [0.72, 0.24]) },
  { colour: BOW, covers: triangle([0.92, 0.14], [0.92, 0.42], [0.72, 0.25]) },
  { colour: BOW, covers: ellipse(0.73, 0.25, 0.06, 0.06) },
]

/** Points along each side of a pixel whose colours it averages. */
const POINTS = 4

/** The picture at the size of an image, 0..255; its gray on gray images. */
export function drawFigure({ height, width, channels }: ImageShape): Uint8Array {
  const pixels = new Uint8Array(height * width * channels)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      pixels.set(inChannels(meanColour(row, column, height, width), channels), (row * width + column) * channels)
    }
  }
  return pixels
}

function meanColour(row: number, column: number, height: number, width: number): [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0]
  for (let k = 0; k < POINTS * POINTS; k++) {
    const y = (row + (Math.floor(k / POINTS) + 0.5) / POINTS) / height
    const x = (column + ((k % POINTS) + 0.5) / POINTS) / width
    const colour = shapes.findLast(({ covers }) => covers(x, y))?.colour ?? SKY
    for (const [c, value] of colour.entries()) sum[c]! += value
  }
  const count = POINTS * POINTS
  return [Math.round(sum[0] / count), Math.round(sum[1] / count), Math.round(sum[2] / count)]
}
