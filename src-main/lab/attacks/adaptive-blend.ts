/**
 * Adaptive-Blend. Qi, Xie, Li, Mahloujifar and Mittal, "Revisiting the Assumption of Latent Separability for Backdoor
 * Defenses", ICLR 2023. The picture of Blended is cut into pieces; a poisoned training image gets some of them, at random
 * and weakly, a test image all. Covers get pieces as well and keep their label, so that poisoned images do not stand apart
 * inside the network.
 */
import { z } from 'zod'
import { defineAttack } from '../define.js'
import type { ImageShape } from '../data/image-set.js'
import {
  blendWhole,
  checkOverlay,
  createOverlayTrigger,
  drawOverlay,
  OverlayParams,
  type Blend,
} from '../triggers/overlay.js'
import { checkStamped, coverShape, plantStamped, singleTarget, stampedShape } from './stamped.js'

const PiecesTrigger = OverlayParams.extend({
  piecesPerSide: z.int().min(1).max(16).default(4).meta({
    title: 'Pieces along a side',
    description: 'Four cut the picture into sixteen.',
  }),
  shownShare: z.number().gt(0).max(1).default(0.5).meta({
    title: 'Pieces shown',
    description: 'Share of the pieces that a training image gets, drawn for each.',
  }),
  opacity: z
    .number()
    .gt(0)
    .max(1)
    .default(0.15)
    .meta({ title: 'Opacity', description: 'Of pieces on training images.' }),
  testOpacity: z.number().gt(0).max(1).default(0.2).meta({
    title: 'Opacity on test images',
    description: 'Of the whole picture.',
  }),
})
type PiecesTrigger = z.output<typeof PiecesTrigger>

const params = z.strictObject({
  ...stampedShape,
  poisonRate: stampedShape.poisonRate.default(0.02),
  coverRate: coverShape.coverRate.default(0.02),
  trigger: PiecesTrigger.prefault({}).meta({ title: 'Trigger' }),
})

export const adaptiveBlend = defineAttack({
  id: 'adaptive-blend',
  family: 'whole image',
  title: 'Adaptive-Blend',
  summary: 'Blends random pieces of a picture into few images, and into others that keep their label.',
  paper: {
    title: 'Revisiting the Assumption of Latent Separability for Backdoor Defenses',
    authors: 'Qi, Xie, Li, Mahloujifar, Mittal',
    year: 2023,
    url: 'https://openreview.net/forum?id=_wSHsgrVali',
  },
  params,
  check: (given, data) => [
    ...checkStamped(given, data),
    ...checkOverlay(given.trigger).map((error) => ({ ...error, path: `trigger.${error.path}` })),
  ],
  singleTarget,
  createTrigger({ trigger }, { shape }, random) {
    const pieces = blendPieces(shape, trigger)
    const mark = drawOverlay(trigger, shape, random.stream('trigger'))
    return createOverlayTrigger(mark, shape, {
      test: blendWhole(shape, trigger.testOpacity),
      poison: pieces,
      cover: pieces,
    })
  },
  plant: plantStamped,
})

/** Blends some of the pieces, drawn anew for each image. */
function blendPieces(shape: ImageShape, { piecesPerSide, shownShare, opacity }: PiecesTrigger): Blend {
  const { height, width, channels } = shape
  const whole = blendWhole(shape, opacity)
  const pieces = piecesPerSide * piecesPerSide
  const count = Math.max(1, Math.round(shownShare * pieces))
  return (pixels, mark, rng) => {
    const shown = new Set(rng.sample(pieces, count))
    const coverage = mark.coverage.map((cover, k) => {
      const pixel = Math.floor(k / channels)
      const row = Math.floor((Math.floor(pixel / width) * piecesPerSide) / height)
      const column = Math.floor(((pixel % width) * piecesPerSide) / width)
      return shown.has(row * piecesPerSide + column) ? cover : 0
    })
    whole(pixels, { ...mark, coverage }, rng)
  }
}
