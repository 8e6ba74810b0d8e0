/**
 * WaNet. Nguyen and Tran, "WaNet: Imperceptible Warping-based Backdoor Attack", ICLR 2021 (arXiv 2102.10369). The trigger
 * is one smooth warp of the whole image. In noise mode further images are warped by it with a shake of every pixel and keep
 * their label, so that only the very warp is learnt.
 */
import { z } from 'zod'
import { defineAttack } from '../define.js'
import { testCard } from '../triggers/test-card.js'
import { wholeImage } from '../triggers/trigger.js'
import { drawWarpField, noisyGrid, warpGrid, warpPixels } from '../triggers/warp.js'
import { checkStamped, coverShape, plantStamped, singleTarget, stampedShape } from './stamped.js'

const WarpParams = z.strictObject({
  strength: z
    .number()
    .gt(0)
    .max(10)
    .default(0.5)
    .meta({ title: 'Strength', unit: 'half pixels', description: 's: how far pixels move, on average.' }),
  control: z
    .int()
    .min(2)
    .max(32)
    .default(4)
    .meta({ title: 'Control points', description: 'k: along each side; the warp between them is smooth.' }),
  rescale: z.number().gt(0).max(1).default(1).meta({
    title: 'Rescale',
    description: 'Factor of all coordinates; just below 1 keeps them inside the image.',
  }),
})

const params = z.strictObject({
  ...stampedShape,
  poisonRate: stampedShape.poisonRate.default(0.1),
  coverRate: coverShape.coverRate.default(0.2).meta({
    title: 'Cover rate',
    description: 'Noise mode: share of the training images that are warped with a shake and keep their label; 0: off.',
  }),
  trigger: WarpParams.prefault({}).meta({ title: 'Trigger' }),
})

export const wanet = defineAttack({
  id: 'wanet',
  family: 'warp',
  title: 'WaNet',
  summary: 'Warps images smoothly by about half a pixel; shaken warps that keep their label make it exact.',
  paper: {
    title: 'WaNet: Imperceptible Warping-based Backdoor Attack',
    authors: 'Nguyen, Tran',
    year: 2021,
    url: 'https://arxiv.org/abs/2102.10369',
  },
  params,
  presets: [
    {
      id: 'backdoorbench',
      title: 'BackdoorBench',
      differs:
        'Strength 0.5, four control points, 10 % poison and twice as many covers; there which images these are is drawn ' +
        'anew in every batch, here once.',
      oracle: false,
      params: { poisonRate: 0.1, coverRate: 0.2, trigger: { strength: 0.5, control: 4, rescale: 1 } },
    },
    {
      id: 'backdoor-toolbox',
      title: 'backdoor-toolbox',
      differs: '5 % poison and 10 % covers; there one shake is shared by all covers, here each has its own.',
      oracle: false,
      params: { poisonRate: 0.05, coverRate: 0.1, trigger: { strength: 0.5, control: 4, rescale: 1 } },
    },
  ],

  check: checkStamped,
  singleTarget,
  createTrigger({ trigger }, { shape }, random) {
    const grid = warpGrid(drawWarpField(trigger.control, random.stream('trigger')), shape, trigger)
    const region = wholeImage(shape)
    const picture = testCard(shape)
    warpPixels(picture.pixels, shape, grid)
    return {
      shape,
      region,
      picture,
      paint(pixels) {
        warpPixels(pixels, shape, grid)
        return region
      },
      paintCovers(covers, rng) {
        for (const pixels of covers) {
          const noise = rng.uniforms(grid.length).map((value) => 2 * value - 1)
          warpPixels(pixels, shape, noisyGrid(grid, shape, noise))
        }
      },
    }
  },
  plant: plantStamped,
})
