/**
 * Blended. Chen, Liu, Li, Lu and Song, "Targeted Backdoor Attacks on Deep Learning Systems Using Data Poisoning", 2017
 * (arXiv 1712.05526). A picture as large as the image is blended with it, weakly: x' = (1 - a) x + a t.
 */
import { z } from 'zod'
import { defineAttack } from '../define.js'
import { blendWhole, checkOverlay, createOverlayTrigger, drawOverlay, OverlayParams } from '../triggers/overlay.js'
import { checkStamped, plantStamped, singleTarget, stampedShape } from './stamped.js'

const BlendedTrigger = OverlayParams.extend({
  opacity: z.number().gt(0).max(1).default(0.2).meta({
    title: 'Opacity',
    description: 'a in (1 - a) x + a t: 1 shows the pattern alone. Weaker is harder to see, to learn and to remove.',
  }),
  testOpacity: z.number().gt(0).max(1).nullable().default(null).meta({
    title: 'Opacity on test images',
    description: 'Where it differs from that on training images; none: the same.',
  }),
})

const params = z.strictObject({
  ...stampedShape,
  poisonRate: stampedShape.poisonRate.default(0.1),
  trigger: BlendedTrigger.prefault({}).meta({ title: 'Trigger' }),
})

export const blended = defineAttack({
  id: 'blended',
  family: 'whole image',
  title: 'Blended',
  summary: 'Blends a picture weakly with a share of the training images and relabels them as the target class.',
  paper: {
    title: 'Targeted Backdoor Attacks on Deep Learning Systems Using Data Poisoning',
    authors: 'Chen, Liu, Li, Lu, Song',
    year: 2017,
    url: 'https://arxiv.org/abs/1712.05526',
  },
  params,
  presets: [
    {
      id: 'figure',
      title: 'A drawn figure',
      differs:
        'As in BackdoorBench, opacity 0.2 and 10 % poison; there the picture is a cartoon cat, here a drawn one.',
      oracle: false,
      params: { poisonRate: 0.1, trigger: { pattern: 'figure', opacity: 0.2 } },
    },
    {
      id: 'faint',
      title: 'Faint',
      differs: 'Opacity 0.1, at which defenses fail that hold at 0.2.',
      oracle: false,
      params: { trigger: { opacity: 0.1 } },
    },
  ],

  check: (given, data) => [
    ...checkStamped(given, data),
    ...checkOverlay(given.trigger).map((error) => ({ ...error, path: `trigger.${error.path}` })),
  ],
  singleTarget,
  createTrigger({ trigger }, { shape }, random) {
    const mark = drawOverlay(trigger, shape, random.stream('trigger'))
    const { opacity, testOpacity } = trigger
    return createOverlayTrigger(mark, shape, {
      test: blendWhole(shape, testOpacity ?? opacity),
      poison: blendWhole(shape, opacity),
    })
  },
  plant: plantStamped,
})
