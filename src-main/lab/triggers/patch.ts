import { z } from 'zod'
import type { FieldError } from '../../../src-shared/contract/errors.js'
import type { ImageShape } from '../data/image-set.js'
import type { Rng } from '../random/rng.js'
import type { PaintedRegion, Trigger } from './trigger.js'

const BLACK = 0
const WHITE = 255

/**
 * A small square that replaces pixels, as in BadNets (Gu et al., 2017, section 3). The default pattern draws every
 * pixel black or white, half of each: nine uniformly random grays can be almost invisible, and then the attack does not
 * take for some seeds.
 */
export const PatchParams = z.strictObject({
  size: z.int().min(1).max(64).default(3).meta({ title: 'Size', unit: 'pixels', description: 'Side of the square.' }),
  pattern: z.enum(['random-binary', 'random-uniform', 'checkerboard', 'white']).default('random-binary').meta({
    title: 'Pattern',
    description: 'Drawn once per run: half black and half white, uniformly random values, or a fixed pattern.',
  }),
  position: z
    .enum(['random', 'top-left', 'top-right', 'bottom-left', 'bottom-right', 'center'])
    .default('random')
    .meta({ title: 'Position', description: 'Random: drawn anew for each image.' }),
  opacity: z.number().gt(0).max(1).default(1).meta({ title: 'Opacity', description: '1 replaces the pixels.' }),
})
export type PatchParams = z.output<typeof PatchParams>

export function checkPatch({ size }: Pick<PatchParams, 'size'>, { height, width }: ImageShape): FieldError[] {
  const largest = Math.min(height, width)
  if (size <= largest) return []
  const message = `is larger than the image (${height} x ${width}); at most ${largest}`
  return [{ path: 'size', value: String(size), message }]
}

export function createPatchTrigger(params: PatchParams, shape: ImageShape, rng: Rng): Trigger {
  const { size, opacity } = params
  const { channels } = shape
  const patch = drawPatch(params, channels, rng)
  return {
    shape,
    picture: { shape: { height: size, width: size, channels }, pixels: patch },
    paint(pixels, positionRng) {
      const { top, left } = place(params, shape, positionRng)
      for (let row = 0; row < size; row++) {
        for (let k = 0; k < size * channels; k++) {
          const at = ((top + row) * shape.width + left) * channels + k
          const below = pixels[at]!
          pixels[at] = Math.round(below + opacity * (patch[row * size * channels + k]! - below))
        }
      }
      return { top, left, height: size, width: size }
    },
  }
}

function drawPatch({ size, pattern }: PatchParams, channels: number, rng: Rng): Uint8Array {
  const count = size * size * channels
  switch (pattern) {
    case 'white':
      return new Uint8Array(count).fill(WHITE)
    case 'checkerboard':
      return Uint8Array.from({ length: count }, (_, k) => {
        const pixel = Math.floor(k / channels)
        return (Math.floor(pixel / size) + (pixel % size)) % 2 === 0 ? WHITE : BLACK
      })
    case 'random-uniform':
      return Uint8Array.from({ length: count }, () => rng.below(WHITE + 1))
    case 'random-binary': {
      const order = rng.permutation(count)
      return Uint8Array.from(order, (rank) => (2 * rank < count ? WHITE : BLACK))
    }
  }
}

function place(
  { size, position }: PatchParams,
  { height, width }: ImageShape,
  rng: Rng,
): Pick<PaintedRegion, 'top' | 'left'> {
  const bottom = height - size
  const right = width - size
  switch (position) {
    case 'random':
      return { top: rng.below(bottom + 1), left: rng.below(right + 1) }
    case 'top-left':
      return { top: 0, left: 0 }
    case 'top-right':
      return { top: 0, left: right }
    case 'bottom-left':
      return { top: bottom, left: 0 }
    case 'bottom-right':
      return { top: bottom, left: right }
    case 'center':
      return { top: Math.floor(bottom / 2), left: Math.floor(right / 2) }
  }
}
