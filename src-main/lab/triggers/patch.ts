import { z } from 'zod'
import type { FieldError } from '../../../src-shared/contract/errors.js'
import { paintMark, pictureOfMark, type Mark } from '../../../src-shared/trigger/mark.js'
import type { Size } from '../../../src-shared/trigger/place.js'
import { scaledSize } from '../../../src-shared/trigger/resize.js'
import type { ImageShape } from '../data/image-set.js'
import type { Rng } from '../random/rng.js'
import { createRandomStreams } from '../random/streams.js'
import { addMark, type Application } from './add-mark.js'
import { checkImage, drawImage, TriggerImage } from './image.js'
import { checkPainted, drawPainted, PaintedPatch } from './painted.js'
import { drawSquare, randomPatterns, squarePatterns } from './patterns.js'
import { checkPosition, place, Position } from './place.js'
import { checkText, Colour, drawText, TextScale, textSize, TriggerText } from './text.js'
import type { Trigger } from './trigger.js'

const patterns = [...squarePatterns, 'text', 'image', 'painted'] as const
/** For forms and help: which patterns look at a field. */
const usedBy = (...used: readonly (typeof patterns)[number][]) => ({ usedWhen: { field: 'pattern', is: [...used] } })

/**
 * A small patch that replaces pixels, as in BadNets (Gu et al., 2017, section 3). The default pattern draws every
 * pixel black or white, half of each: nine uniformly random grays can be almost invisible, and then the attack does not
 * take for some seeds.
 */
export const PatchParams = z.strictObject({
  pattern: z
    .enum(patterns)
    .default('random-binary')
    .meta({
      title: 'Pattern',
      description:
        'Random: half black and half white, or uniform values. Fixed: white, a checkerboard, or the grid of NAD. ' +
        'Or letters, a picture, painted pixels.',
    }),
  size: z
    .int()
    .min(1)
    .max(64)
    .default(3)
    .meta({
      title: 'Size',
      unit: 'pixels',
      description: 'Side of the square, or the longer side of a picture.',
      ...usedBy(...squarePatterns, 'image'),
    }),
  patternSeed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .nullable()
    .default(null)
    .meta({
      title: 'Pattern seed',
      description: 'Draws the same random pattern whatever the seed of the run; none: drawn from that one.',
      ...usedBy(...randomPatterns),
    }),
  text: TriggerText.default('A').meta({
    title: 'Text',
    description: 'Letters A to Z, digits and a few signs, five dots high; the image shows through around them.',
    ...usedBy('text'),
  }),
  textScale: TextScale.default(1).meta({
    title: 'Letter size',
    unit: 'pixels a dot',
    description: 'Height and width of each dot of the letters.',
    ...usedBy('text'),
  }),
  colour: Colour.default('#ffffff').meta({
    title: 'Colour',
    control: 'colour',
    description: 'Of the letters, as #rrggbb; on gray images its gray.',
    ...usedBy('text'),
  }),
  image: TriggerImage.nullable()
    .default(null)
    .meta({
      title: 'Picture',
      control: 'trigger-image',
      description:
        'Resized to the size above; where it is transparent the image shows through. Kept in the experiment.',
      ...usedBy('image'),
    }),
  position: Position.default('random').meta({
    title: 'Position',
    control: 'place',
    description: 'Random: drawn anew for each image. A place is that of the upper left pixel.',
  }),
  opacity: z.number().min(0).max(1).default(1).meta({
    title: 'Opacity',
    description: 'a in x + a (mark - x): 1 replaces the pixels, 0 leaves them as they are.',
  }),
  painted: PaintedPatch.nullable().default(null).meta({
    title: 'Painted pixels',
    control: 'painted-patch',
    description: 'Used by the painted pattern: values from 0 to 255 row by row, channels last, null for transparent.',
  }),
})
export type PatchParams = z.output<typeof PatchParams>

/** Whether a square of this size fits into the image. */
export function checkPatch({ size }: Pick<PatchParams, 'size'>, image: ImageShape): FieldError[] {
  const largest = Math.min(image.height, image.width)
  return size <= largest ? [] : [tooLarge(size, image, largest)]
}

/** What is wrong with a trigger as a whole, by path inside its parameters. */
export function checkPatchTrigger(params: PatchParams, shape: ImageShape): FieldError[] {
  const wrong = checkLook(params, shape)
  return wrong.length > 0 ? wrong : checkPosition(params.position, sizeOf(params), shape)
}

export function createPatchTrigger(params: PatchParams, shape: ImageShape, rng: Rng): Trigger {
  return createMarkTrigger(drawMark(params, shape.channels, rng), params, shape)
}

/** A mark that is already drawn, as a trigger. */
export function createMarkTrigger(
  mark: Mark,
  { position, opacity }: Pick<PatchParams, 'position' | 'opacity'>,
  shape: ImageShape,
  application: Application = 'replace',
): Trigger {
  const { height, width } = mark
  return {
    shape,
    picture: pictureOfMark(mark),
    paint(pixels, positionRng) {
      const at = place(position, mark, shape, positionRng)
      if (application === 'replace') paintMark(pixels, shape.width, mark, at, opacity)
      else addMark(pixels, shape.width, mark, at, opacity, application)
      return { top: at.row, left: at.column, height, width }
    },
  }
}

function checkLook(params: PatchParams, shape: ImageShape): FieldError[] {
  switch (params.pattern) {
    case 'painted':
      return checkPainted(params.painted, shape)
    case 'text':
      return checkText(params, shape)
    case 'image': {
      const wrong = checkImage(params.image)
      if (params.image === null || wrong.length > 0) return wrong
      const { height, width } = sizeOf(params)
      if (height <= shape.height && width <= shape.width) return []
      return [tooLarge(params.size, shape, Math.max(...fitting(params.image, shape)))]
    }
    default:
      return checkPatch(params, shape)
  }
}

/** The sizes up to the largest at which a picture fits into the image. */
function fitting(picture: Size, image: Size): number[] {
  const sizes = Array.from({ length: Math.max(image.height, image.width) }, (_, k) => k + 1)
  return sizes.filter((size) => {
    const { height, width } = scaledSize(picture, size)
    return height <= image.height && width <= image.width
  })
}

function tooLarge(size: number, { height, width }: Size, largest: number): FieldError {
  const message = `is larger than the image (${height} x ${width}); at most ${largest}`
  return { path: 'size', value: String(size), message }
}

function sizeOf(params: PatchParams): Size {
  const { pattern, painted, image, size } = params
  if (pattern === 'painted' && painted !== null) return painted
  if (pattern === 'image' && image !== null) return scaledSize(image, size)
  return pattern === 'text' ? textSize(params) : { height: size, width: size }
}

export function drawMark(params: PatchParams, channels: number, rng: Rng): Mark {
  const { pattern, size, patternSeed, painted, image } = params
  switch (pattern) {
    case 'text':
      return drawText(params, channels)
    case 'image':
      return drawImage(given(image, pattern), size, channels)
    case 'painted':
      return drawPainted(given(painted, pattern), channels)
    default:
      return drawSquare(
        pattern,
        size,
        channels,
        patternSeed === null ? rng : createRandomStreams(patternSeed).stream('pattern'),
      )
  }
}

/** The check refuses parameters in which it is missing. */
function given<T>(value: T | null, pattern: string): T {
  if (value === null) throw new RangeError(`The pattern "${pattern}" needs what it is to show`)
  return value
}
