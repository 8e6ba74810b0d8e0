import { z } from 'zod'
import type { FieldError } from '../../../src-shared/contract/errors.js'
import { paintMark, pictureOfMark, solidMark, type Mark } from '../../../src-shared/trigger/mark.js'
import type { ImageShape } from '../data/image-set.js'
import type { Rng } from '../random/rng.js'
import { createRandomStreams } from '../random/streams.js'
import { drawFigure } from './figure.js'
import { checkImage, stretchImage, TriggerImage } from './image.js'
import { wholeImage, type Trigger } from './trigger.js'

const WHITE = 255
const TOP_LEFT = { row: 0, column: 0 }
const patterns = ['noise', 'checkerboard', 'figure', 'image'] as const

/** A picture as large as the image, to be blended with it. */
export const OverlayParams = z.strictObject({
  pattern: z.enum(patterns).default('noise').meta({
    title: 'Pattern',
    description: 'Noise: uniform values. Checkerboard: black and white squares. Figure: a drawn cat. Or a picture.',
  }),
  patternSeed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .nullable()
    .default(null)
    .meta({
      title: 'Pattern seed',
      description: 'Draws the same noise whatever the seed of the run; none: drawn from that one.',
      usedWhen: { field: 'pattern', is: ['noise'] },
    }),
  squareSize: z
    .int()
    .min(1)
    .max(64)
    .default(4)
    .meta({
      title: 'Square size',
      unit: 'pixels',
      description: 'Side of each square of the checkerboard.',
      usedWhen: { field: 'pattern', is: ['checkerboard'] },
    }),
  image: TriggerImage.nullable()
    .default(null)
    .meta({
      title: 'Picture',
      control: 'trigger-image',
      description:
        'Resized to the size of the images; where it is transparent they show through. Kept in the experiment.',
      usedWhen: { field: 'pattern', is: ['image'] },
    }),
})
export type OverlayParams = z.output<typeof OverlayParams>

/** What is wrong with it, by path inside its parameters. */
export function checkOverlay({ pattern, image }: OverlayParams): FieldError[] {
  return pattern === 'image' ? checkImage(image) : []
}

export function drawOverlay(
  { pattern, patternSeed, squareSize, image }: OverlayParams,
  shape: ImageShape,
  rng: Rng,
): Mark {
  const { height, width, channels } = shape
  const drawn = (values: Uint8Array): Mark => solidMark(height, width, channels, values)
  switch (pattern) {
    case 'noise': {
      const source = patternSeed === null ? rng : createRandomStreams(patternSeed).stream('pattern')
      return drawn(Uint8Array.from({ length: height * width * channels }, () => source.below(WHITE + 1)))
    }
    case 'checkerboard':
      return drawn(
        Uint8Array.from({ length: height * width * channels }, (_, k) => {
          const pixel = Math.floor(k / channels)
          const square = Math.floor(pixel / width / squareSize) + Math.floor((pixel % width) / squareSize)
          return square % 2 === 0 ? WHITE : 0
        }),
      )
    case 'figure':
      return drawn(drawFigure(shape))
    case 'image':
      if (image === null) throw new RangeError('The pattern "image" needs a picture')
      return stretchImage(image, shape, channels)
  }
}

/** How the picture is blended with an image, in place; `mark` is the whole of it. */
export type Blend = (pixels: Uint8Array, mark: Mark, rng: Rng) => void

/** x + opacity (mark - x), rounded, everywhere. */
export function blendWhole({ width }: ImageShape, opacity: number): Blend {
  return (pixels, mark) => paintMark(pixels, width, mark, TOP_LEFT, opacity)
}

/** A trigger that is blended in everywhere; otherwise into poisoned training images, and into covers, where that is said. */
export function createOverlayTrigger(
  mark: Mark,
  shape: ImageShape,
  blends: { test: Blend; poison?: Blend; cover?: Blend },
): Trigger {
  const region = wholeImage(shape)
  const painting = (blend: Blend) => (pixels: Uint8Array, rng: Rng) => {
    blend(pixels, mark, rng)
    return region
  }
  const { test, poison, cover } = blends
  return {
    shape,
    region,
    picture: pictureOfMark(mark),
    paint: painting(test),
    ...(poison === undefined ? {} : { paintPoison: painting(poison) }),
    ...(cover === undefined
      ? {}
      : {
          paintCovers(covers: readonly Uint8Array[], rng: Rng) {
            for (const pixels of covers) cover(pixels, mark, rng)
          },
        }),
  }
}
