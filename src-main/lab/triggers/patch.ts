import { z } from 'zod'
import type { FieldError } from '../../../src-shared/contract/errors.js'
import type { ImageShape } from '../data/image-set.js'
import type { Rng } from '../random/rng.js'
import { checkPainted, PaintedPatch, pictureOf } from './painted.js'
import { checkPosition, place, Position } from './place.js'
import type { Trigger } from './trigger.js'

const BLACK = 0
const WHITE = 255

/**
 * A small patch that replaces pixels, as in BadNets (Gu et al., 2017, section 3). The default pattern draws every
 * pixel black or white, half of each: nine uniformly random grays can be almost invisible, and then the attack does not
 * take for some seeds.
 */
export const PatchParams = z.strictObject({
  size: z.int().min(1).max(64).default(3).meta({
    title: 'Size',
    unit: 'pixels',
    description: 'Side of the square; a painted patch has its own height and width.',
  }),
  pattern: z
    .enum(['random-binary', 'random-uniform', 'checkerboard', 'white', 'painted'])
    .default('random-binary')
    .meta({
      title: 'Pattern',
      description: 'Drawn once per run: half black and half white, uniformly random values, or a fixed pattern.',
    }),
  position: Position.default('random').meta({
    title: 'Position',
    control: 'place',
    description: 'Random: drawn anew for each image. A place is that of the upper left pixel.',
  }),
  opacity: z.number().gt(0).max(1).default(1).meta({ title: 'Opacity', description: '1 replaces the pixels.' }),
  painted: PaintedPatch.nullable().default(null).meta({
    title: 'Painted pixels',
    control: 'painted-patch',
    description: 'Used by the painted pattern: values from 0 to 255 row by row, channels last, null for transparent.',
  }),
})
export type PatchParams = z.output<typeof PatchParams>

/** Whether a square of this size fits into the image. */
export function checkPatch({ size }: Pick<PatchParams, 'size'>, { height, width }: ImageShape): FieldError[] {
  const largest = Math.min(height, width)
  if (size <= largest) return []
  const message = `is larger than the image (${height} x ${width}); at most ${largest}`
  return [{ path: 'size', value: String(size), message }]
}

/** What is wrong with a trigger as a whole, by path inside its parameters. */
export function checkPatchTrigger(params: PatchParams, shape: ImageShape): FieldError[] {
  const wrong = params.pattern === 'painted' ? checkPainted(params.painted, shape) : checkPatch(params, shape)
  return wrong.length > 0 ? wrong : checkPosition(params.position, sizeOf(params), shape)
}

export function createPatchTrigger(params: PatchParams, shape: ImageShape, rng: Rng): Trigger {
  const { opacity, position } = params
  const { channels } = shape
  const patch = drawPatch(params, channels, rng)
  const { height, width } = patch
  return {
    shape,
    picture: pictureOf(patch, channels),
    paint(pixels, positionRng) {
      const { top, left } = place(position, patch, shape, positionRng)
      for (let row = 0; row < height; row++) {
        for (let k = 0; k < width * channels; k++) {
          const painted = patch.pixels[row * width * channels + k]!
          if (painted === null) continue
          const at = ((top + row) * shape.width + left) * channels + k
          const below = pixels[at]!
          pixels[at] = Math.round(below + opacity * (painted - below))
        }
      }
      return { top, left, height, width }
    },
  }
}

function sizeOf({ pattern, painted, size }: PatchParams): { height: number; width: number } {
  return pattern === 'painted' && painted !== null ? painted : { height: size, width: size }
}

function drawPatch({ size, pattern, painted }: PatchParams, channels: number, rng: Rng): PaintedPatch {
  const count = size * size * channels
  const square = (values: ArrayLike<number>): PaintedPatch => ({
    height: size,
    width: size,
    pixels: Array.from(values),
  })
  switch (pattern) {
    case 'white':
      return square(new Uint8Array(count).fill(WHITE))
    case 'checkerboard':
      return square(
        Uint8Array.from({ length: count }, (_, k) => {
          const pixel = Math.floor(k / channels)
          return (Math.floor(pixel / size) + (pixel % size)) % 2 === 0 ? WHITE : BLACK
        }),
      )
    case 'random-uniform':
      return square(Uint8Array.from({ length: count }, () => rng.below(WHITE + 1)))
    case 'random-binary': {
      const order = rng.permutation(count)
      return square(Uint8Array.from(order, (rank) => (2 * rank < count ? WHITE : BLACK)))
    }
    case 'painted':
      if (painted === null) throw new RangeError('The pattern "painted" needs painted pixels')
      return painted
  }
}
