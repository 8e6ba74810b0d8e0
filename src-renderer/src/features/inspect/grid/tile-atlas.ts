import type { PixelBlock } from '../../../../../src-shared/model/trigger-preview.js'
import { imagesOf, rgbaOf } from '../../../ui/pixels/pixels.js'
import { createSlots } from './slots.js'

/** Side of the picture that holds the tiles, at most, in pixels. */
const MAX_SIDE = 4096
const MAX_TILES = 4096
/** Images of one request. */
const BATCH = 256
/** Requests at once: what is scrolled past meanwhile is then not asked for at all. */
const AT_ONCE = 2

export interface TileSource {
  readonly height: number
  readonly width: number
  /** Images of samples, in the order of the indices. */
  fetch(indices: number[]): Promise<PixelBlock>
}

export interface TileAtlas {
  /** Draws a tile that is there already; false where it is not (yet). */
  draw(context: CanvasRenderingContext2D, index: number, x: number, y: number, width: number, height: number): boolean
  /** What is to be there next, most urgent first. What was wanted before and has not been asked for is forgotten. */
  want(indices: readonly number[]): void
  end(): void
}

/**
 * Images of samples, drawn once into one picture and copied from there: nothing is decoded while one scrolls. When it
 * is full, tiles that have not been looked at for longest give their place away.
 */
export function createTileAtlas(
  { height, width, fetch }: TileSource,
  onArrival: () => void,
  onFailure: (error: unknown) => void,
): TileAtlas {
  const columns = Math.max(1, Math.floor(Math.min(MAX_SIDE, Math.sqrt(MAX_TILES) * width) / width))
  const rows = Math.max(1, Math.floor(Math.min(MAX_SIDE, Math.sqrt(MAX_TILES) * height) / height))
  const slots = createSlots(columns * rows)
  const picture = new OffscreenCanvas(columns * width, rows * height)
  const ink = picture.getContext('2d')
  const asked = new Set<number>()
  let wanted: readonly number[] = []
  let requests = 0
  let isOver = false

  const placeOf = (slot: number): [x: number, y: number] => [
    (slot % columns) * width,
    Math.floor(slot / columns) * height,
  ]

  function pump(): void {
    while (requests < AT_ONCE && !isOver) {
      const missing = wanted.filter((index) => !slots.has(index) && !asked.has(index)).slice(0, BATCH)
      if (missing.length === 0) return
      void request(missing)
    }
  }

  async function request(indices: number[]): Promise<void> {
    requests++
    indices.forEach((index) => asked.add(index))
    try {
      const images = imagesOf(await fetch(indices))
      if (isOver) return
      images.forEach((image, k) => {
        const [x, y] = placeOf(slots.take(indices[k]!))
        ink?.putImageData(new ImageData(rgbaOf(image), width, height), x, y)
      })
      onArrival()
    } catch (error) {
      // Not asked again by itself: it would be refused over and over.
      wanted = []
      if (!isOver) onFailure(error)
    } finally {
      requests--
      indices.forEach((index) => asked.delete(index))
      pump()
    }
  }

  return {
    draw(context, index, x, y, shownWidth, shownHeight) {
      const slot = slots.find(index)
      if (slot === null) return false
      context.drawImage(picture, ...placeOf(slot), width, height, x, y, shownWidth, shownHeight)
      return true
    },
    want(indices) {
      wanted = indices
      pump()
    },
    end() {
      isOver = true
      wanted = []
    },
  }
}
