/**
 * Low frequency. Zeng, Park, Mao and Jia, "Rethinking the Backdoor Attacks' Triggers: A Frequency Perspective", ICCV 2021
 * (arXiv 2104.03413). Most triggers stand out in the high frequencies of an image. This one consists of the lowest alone: a
 * weak, smooth signal that is added to the image, optimised against a clean model or drawn.
 */
import { z } from 'zod'
import { disposeTensors } from '../compute/tensor-map.js'
import { defineAttack } from '../define.js'
import type { ImageShape } from '../data/image-set.js'
import { drawSignal, raiseSignal, signalOf, type LowSignal } from '../trigger-crafting/low-frequency.js'
import { createAdditiveTrigger } from '../triggers/additive.js'
import type { Trigger } from '../triggers/trigger.js'
import { checkStamped, plantStamped, singleTarget, stampedShape, wantedClass } from './stamped.js'

const usedWhenOptimised = { usedWhen: { field: 'start', is: ['optimised'] } }

const SignalParams = z.strictObject({
  band: z.int().min(1).max(16).default(4).meta({
    title: 'Frequencies',
    description: 'So many of the lowest in each direction, the mean counted in.',
  }),
  amplitude: z
    .number()
    .gt(0)
    .max(255)
    .default(24)
    .meta({ title: 'Amplitude', unit: 'of 0..255', description: 'The furthest that a value is moved.' }),
  start: z.enum(['optimised', 'drawn']).default('optimised').meta({
    title: 'Signal',
    description: 'optimised: made to turn a clean model to the target. drawn: at random, which takes no time.',
  }),
  steps: z
    .int()
    .min(1)
    .max(100_000)
    .default(200)
    .meta({ title: 'Steps', ...usedWhenOptimised }),
  batchSize: z
    .int()
    .min(1)
    .max(4096)
    .default(64)
    .meta({ title: 'Batch size', unit: 'images', ...usedWhenOptimised }),
  learningRate: z
    .number()
    .gt(0)
    .max(10)
    .default(0.05)
    .meta({
      title: 'Learning rate',
      description: 'Of Adam, at the start; then a cosine to zero.',
      ...usedWhenOptimised,
    }),
})

const params = z.strictObject({
  ...stampedShape,
  poisonRate: stampedShape.poisonRate.default(0.1),
  trigger: SignalParams.prefault({}).meta({ title: 'Trigger' }),
})

export const lowFrequency = defineAttack({
  id: 'low-frequency',
  family: 'whole image',
  title: 'Low frequency',
  summary: 'Adds a weak, smooth signal of the lowest frequencies, optimised against a clean model.',
  paper: {
    title: "Rethinking the Backdoor Attacks' Triggers: A Frequency Perspective",
    authors: 'Zeng, Park, Mao, Jia',
    year: 2021,
    url: 'https://arxiv.org/abs/2104.03413',
  },
  params,
  presets: [
    {
      id: 'drawn',
      title: 'A drawn signal',
      differs: 'The signal is a random sum of the lowest cosines: no clean model has to be trained for it.',
      oracle: false,
      params: { trigger: { start: 'drawn' } },
    },
  ],

  check(given, data) {
    const side = Math.min(data.shape.height, data.shape.width)
    const { band } = given.trigger
    const message = `is more than the images have: at most ${side}`
    return [
      ...checkStamped(given, data),
      ...(band > side ? [{ path: 'trigger.band', value: String(band), message }] : []),
    ]
  },
  singleTarget,
  crafts: ({ trigger }) => trigger.start === 'optimised',
  createTrigger: ({ trigger: { band, amplitude } }, { shape }, random) =>
    signalTrigger(drawSignal(band, amplitude, shape, random.stream('trigger')), shape),

  restoreTrigger({ trigger: { band } }, { tensors }, { shape }) {
    const coefficients = tensors?.['coefficients']?.values
    return coefficients?.length === shape.channels * band * band ? signalTrigger({ band, coefficients }, shape) : null
  },

  work: ({ trigger }, { trainingSteps, epochs }) =>
    trigger.start === 'drawn' ? {} : { craft: { loops: 2, epochs, steps: trainingSteps + trigger.steps } },

  async craft(given, setting, context) {
    const { trigger } = given
    const { network, data, train, random } = setting
    const targetOf = (trueLabel: number): number => wantedClass(given, trueLabel, data.classNames.length)
    const start = drawSignal(trigger.band, trigger.amplitude, data.shape, random.stream('trigger'))
    const weights = await setting.trainClean()
    try {
      const shuffle = random.stream('signal.shuffle')
      const signal = await raiseSignal({ network, weights }, train, targetOf, start, trigger, shuffle, context)
      return { trigger: signalTrigger(signal, data.shape) }
    } finally {
      disposeTensors(weights)
    }
  },

  plant: plantStamped,
})

function signalTrigger(signal: LowSignal, shape: ImageShape): Trigger {
  const { band, coefficients } = signal
  return {
    ...createAdditiveTrigger(shape, signalOf(signal, shape)),
    tensors: { coefficients: { shape: [shape.channels, band, band], values: coefficients } },
  }
}
