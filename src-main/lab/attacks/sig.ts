/**
 * SIG. Barni, Kallas and Tondi, "A New Backdoor Attack in CNNs by Training Set Corruption Without Label Poisoning", ICIP
 * 2019 (arXiv 1902.11237). A horizontal sinusoid v(j) = amplitude sin(2 pi j frequency / width) of the column j is added to
 * images of the target class, whose label stays right.
 */
import { z } from 'zod'
import type { ImageShape } from '../data/image-set.js'
import { defineAttack } from '../define.js'
import { createAdditiveTrigger } from '../triggers/additive.js'
import { checkStamped, plantStamped, singleTarget, stampedShape } from './stamped.js'

const SinusoidParams = z.strictObject({
  amplitude: z
    .number()
    .gt(0)
    .max(255)
    .default(40)
    .meta({ title: 'Amplitude', unit: 'of 0..255', description: 'On poisoned training images.' }),
  testAmplitude: z.number().gt(0).max(255).nullable().default(null).meta({
    title: 'Amplitude on test images',
    unit: 'of 0..255',
    description: 'Where it differs from that on training images, as the authors propose; none: the same.',
  }),
  frequency: z
    .number()
    .gt(0)
    .max(128)
    .default(6)
    .meta({ title: 'Frequency', unit: 'waves', description: 'Over the width of the image.' }),
})

const params = z.strictObject({
  ...stampedShape,
  labels: stampedShape.labels.default('clean-label'),
  poisonRate: stampedShape.poisonRate.default(0.8),
  trigger: SinusoidParams.prefault({}).meta({ title: 'Trigger' }),
})

/** Height x width x channels, in units of 0..255. */
export function sinusoid({ height, width, channels }: ImageShape, amplitude: number, frequency: number): Float64Array {
  return Float64Array.from({ length: height * width * channels }, (_, k) => {
    const column = Math.floor(k / channels) % width
    return amplitude * Math.sin((2 * Math.PI * column * frequency) / width)
  })
}

export const sig = defineAttack({
  id: 'sig',
  family: 'whole image',
  title: 'SIG',
  summary: 'Adds a sinusoid to images of the target class and leaves their label as it is.',
  paper: {
    title: 'A New Backdoor Attack in CNNs by Training Set Corruption Without Label Poisoning',
    authors: 'Barni, Kallas, Tondi',
    year: 2019,
    url: 'https://arxiv.org/abs/1902.11237',
  },
  params,
  presets: [
    {
      id: 'backdoorbench',
      title: 'BackdoorBench',
      differs:
        'Amplitude 40, six waves, every image of the target class: there 10 % of all images are asked for, which on ' +
        'CIFAR-10 are all of one class.',
      oracle: false,
      params: { poisonRate: 1 },
    },
    {
      id: 'backdoor-toolbox',
      title: 'backdoor-toolbox',
      differs: 'Amplitude 30, six waves, 2 % of all images, which are a fifth of one class in ten.',
      oracle: false,
      params: { poisonRate: 0.2, trigger: { amplitude: 30 } },
    },
  ],

  check: checkStamped,
  singleTarget,
  createTrigger({ trigger: { amplitude, testAmplitude, frequency } }, { shape }) {
    const onTest = sinusoid(shape, testAmplitude ?? amplitude, frequency)
    return createAdditiveTrigger(shape, onTest, sinusoid(shape, amplitude, frequency))
  },
  plant: plantStamped,
})
