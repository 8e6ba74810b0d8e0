import type { ImageShape } from '../data/image-set.js'
import type { Rng } from '../random/rng.js'
import type { PixelImage } from '../run-context.js'
import { samplePatches, type RecoveredTriggers } from './recover.js'

const COLUMNS = 8
const ROWS = 4
const GAP = 1
const GAP_GRAY = 128

/** A contact sheet of freshly drawn recovered triggers, 8 by 4, one pixel of gray between them. */
export async function patchSheet(recovered: RecoveredTriggers, rng: Rng): Promise<PixelImage> {
  const { height, width, channels } = recovered.generator.patch
  const patches = samplePatches(recovered, COLUMNS * ROWS, rng)
  const values = await patches.data()
  patches.dispose()
  const shape = { height: ROWS * (height + GAP) - GAP, width: COLUMNS * (width + GAP) - GAP, channels }
  const pixels = new Uint8Array(shape.height * shape.width * channels).fill(GAP_GRAY)
  for (let index = 0; index < COLUMNS * ROWS; index++) {
    const top = Math.floor(index / COLUMNS) * (height + GAP)
    const left = (index % COLUMNS) * (width + GAP)
    for (let row = 0; row < height; row++) {
      for (let k = 0; k < width * channels; k++) {
        const value = values[(index * height + row) * width * channels + k]!
        pixels[((top + row) * shape.width + left) * channels + k] = Math.round(255 * value)
      }
    }
  }
  return { shape, pixels }
}

/** The patches of a contact sheet, one after the other; null where a picture is none. */
export function cutSheet({ shape, pixels }: PixelImage): { patch: ImageShape; pixels: Uint8Array } | null {
  const { channels } = shape
  const height = (shape.height + GAP) / ROWS - GAP
  const width = (shape.width + GAP) / COLUMNS - GAP
  if (!Number.isInteger(height) || !Number.isInteger(width) || height < 1 || width < 1) return null
  const across = width * channels
  const cut = new Uint8Array(ROWS * COLUMNS * height * across)
  for (let index = 0; index < COLUMNS * ROWS; index++) {
    const top = Math.floor(index / COLUMNS) * (height + GAP)
    const left = (index % COLUMNS) * (width + GAP)
    for (let row = 0; row < height; row++) {
      const from = ((top + row) * shape.width + left) * channels
      cut.set(pixels.subarray(from, from + across), (index * height + row) * across)
    }
  }
  return { patch: { height, width, channels }, pixels: cut }
}
