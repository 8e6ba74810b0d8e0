import type { Picture } from './picture.js'

/** For one output position: the first input position it reads, and the share of each from there on. */
interface Tap {
  readonly first: number
  readonly shares: Float32Array
}

export interface Resizer {
  resize(picture: Picture): Picture
}

/**
 * Stretches pictures to one size: along each axis by the mean of the covered area where it shrinks, and linearly between
 * the nearest pixels where it grows.
 */
export function createResizer(height: number, width: number): Resizer {
  const known = new Map<string, readonly Tap[]>()
  const tapsFor = (from: number, to: number): readonly Tap[] => {
    const key = `${from} ${to}`
    const found =
      known.get(key) ?? Array.from({ length: to }, (_, at) => (to < from ? area(at, from, to) : linear(at, from, to)))
    known.set(key, found)
    return found
  }
  return {
    resize(picture) {
      if (picture.height === height && picture.width === width) return picture
      const { channels, pixels } = picture
      const wide = new Float32Array(picture.height * width * channels)
      const columns = tapsFor(picture.width, width)
      for (let y = 0; y < picture.height; y++) {
        for (let x = 0; x < width; x++) {
          const { first, shares } = columns[x]!
          for (let c = 0; c < channels; c++) {
            let sum = 0
            for (let k = 0; k < shares.length; k++) {
              sum += shares[k]! * pixels[(y * picture.width + first + k) * channels + c]!
            }
            wide[(y * width + x) * channels + c] = sum
          }
        }
      }
      const resized = new Uint8Array(height * width * channels)
      const rows = tapsFor(picture.height, height)
      const rowLength = width * channels
      for (let y = 0; y < height; y++) {
        const { first, shares } = rows[y]!
        for (let i = 0; i < rowLength; i++) {
          let sum = 0
          for (let k = 0; k < shares.length; k++) sum += shares[k]! * wide[(first + k) * rowLength + i]!
          resized[y * rowLength + i] = Math.round(sum)
        }
      }
      return { height, width, channels, pixels: resized }
    },
  }
}

function area(at: number, from: number, to: number): Tap {
  const [start, end] = [(at * from) / to, ((at + 1) * from) / to]
  const first = Math.floor(start)
  const last = Math.min(from, Math.ceil(end))
  const shares = Float32Array.from(
    { length: last - first },
    (_, k) => (Math.min(end, first + k + 1) - Math.max(start, first + k)) / (end - start),
  )
  return { first, shares }
}

function linear(at: number, from: number, to: number): Tap {
  const centre = Math.min(from - 1, Math.max(0, ((at + 0.5) * from) / to - 0.5))
  const first = Math.floor(centre)
  const share = centre - first
  return { first, shares: Float32Array.from(share === 0 ? [1] : [1 - share, share]) }
}
