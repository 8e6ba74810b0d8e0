import type { Size } from './place.js'

const CHANNELS = 4

/** Height and width at which the longer side is `side`; the other keeps the proportions and is at least 1. */
export function scaledSize({ height, width }: Size, side: number): Size {
  const scale = side / Math.max(height, width)
  return { height: Math.max(1, Math.round(height * scale)), width: Math.max(1, Math.round(width * scale)) }
}

/**
 * A picture (red, green, blue, opacity; 0..255, row by row) at another size: each new pixel is the mean of what it covers
 * of the old ones, weighted by their opacity. At its own size it stays as it is, and enlarged by a whole number each
 * pixel becomes a block.
 */
export function resizedRgba(source: Uint8Array, from: Size, to: Size): Uint8Array {
  const columns = Array.from({ length: to.width }, (_, column) => covered(column, to.width, from.width))
  const resized = new Uint8Array(to.height * to.width * CHANNELS)
  for (let row = 0; row < to.height; row++) {
    const inRow = covered(row, to.height, from.height)
    for (const [column, inColumn] of columns.entries()) {
      resized.set(meanColour(source, from.width, inRow, inColumn), (row * to.width + column) * CHANNELS)
    }
  }
  return resized
}

interface Part {
  readonly at: number
  /** 0..1. */
  readonly share: number
}

/** The old pixels under a new one along one axis. */
function covered(index: number, count: number, oldCount: number): Part[] {
  const from = (index * oldCount) / count
  const to = ((index + 1) * oldCount) / count
  const first = Math.floor(from)
  return Array.from({ length: Math.ceil(to) - first }, (_, k) => ({
    at: first + k,
    share: Math.min(to, first + k + 1) - Math.max(from, first + k),
  })).filter(({ at, share }) => share > 0 && at < oldCount)
}

function meanColour(source: Uint8Array, width: number, rows: readonly Part[], columns: readonly Part[]): number[] {
  let red = 0
  let green = 0
  let blue = 0
  let opacity = 0
  let area = 0
  for (const row of rows) {
    for (const column of columns) {
      const from = (row.at * width + column.at) * CHANNELS
      const share = row.share * column.share
      const weight = share * source[from + 3]!
      red += weight * source[from]!
      green += weight * source[from + 1]!
      blue += weight * source[from + 2]!
      opacity += weight
      area += share
    }
  }
  if (opacity === 0) return [0, 0, 0, 0]
  return [...[red, green, blue].map((sum) => Math.round(sum / opacity)), Math.round(opacity / area)]
}
