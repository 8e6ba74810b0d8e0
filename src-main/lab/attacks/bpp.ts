/**
 * BPP. Wang, Zhai and Ma, "BppAttack: Stealthy and Efficient Trojan Attacks against Deep Neural Networks via Image
 * Quantization and Contrastive Adversarial Learning", CVPR 2022 (arXiv 2205.13383). The trigger are fewer bits per pixel,
 * with dithering. Covers get what that changed on another image, and keep their label.
 */
import { z } from 'zod'
import type { ImageShape } from '../data/image-set.js'
import { defineAttack } from '../define.js'
import { addSignal } from '../triggers/additive.js'
import { quantise } from '../triggers/quantise.js'
import { testCard } from '../triggers/test-card.js'
import { wholeImage, type Trigger } from '../triggers/trigger.js'
import { checkStamped, coverShape, plantStamped, singleTarget, stampedShape } from './stamped.js'

const QuantisationParams = z.strictObject({
  levels: z
    .int()
    .min(2)
    .max(128)
    .default(8)
    .meta({ title: 'Levels', unit: 'shades', description: 'That each channel keeps: 8 are three bits.' }),
  dithering: z.boolean().default(true).meta({
    title: 'Dithering',
    description: 'Hands the error of each pixel on to those right of it and below (Floyd and Steinberg).',
  }),
})
type QuantisationParams = z.output<typeof QuantisationParams>

const params = z.strictObject({
  ...stampedShape,
  poisonRate: stampedShape.poisonRate.default(0.1),
  coverRate: coverShape.coverRate.default(0.1).meta({
    title: 'Cover rate',
    description:
      'Share of the training images that get what the quantisation changed on another image, and keep their label; 0: off.',
  }),
  trigger: QuantisationParams.prefault({}).meta({ title: 'Trigger' }),
})

export const bpp = defineAttack({
  id: 'bpp',
  family: 'whole image',
  title: 'BPP',
  summary: 'Takes shades away from a share of the training images, with dithering, and relabels them.',
  paper: {
    title: 'BppAttack: Stealthy and Efficient Trojan Attacks against Deep Neural Networks',
    authors: 'Wang, Zhai, Ma',
    year: 2022,
    url: 'https://arxiv.org/abs/2205.13383',
  },
  params,
  check: checkStamped,
  singleTarget,
  createTrigger: ({ trigger }, { shape }) => quantisingTrigger(trigger, shape),
  plant: plantStamped,
})

function quantisingTrigger({ levels, dithering }: QuantisationParams, shape: ImageShape): Trigger {
  const region = wholeImage(shape)
  const picture = testCard(shape)
  quantise(picture.pixels, shape, levels, dithering)
  return {
    shape,
    region,
    picture,
    paint(pixels) {
      quantise(pixels, shape, levels, dithering)
      return region
    },
    paintCovers(covers, _rng, others) {
      for (const [k, other] of others.entries()) {
        const changed = other.slice()
        quantise(changed, shape, levels, dithering)
        addSignal(
          covers[k]!,
          Int16Array.from(changed, (value, i) => value - other[i]!),
        )
      }
    },
  }
}
