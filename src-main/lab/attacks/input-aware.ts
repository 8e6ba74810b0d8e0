/**
 * Input-aware. Nguyen and Tran, "Input-Aware Dynamic Backdoor Attack", NeurIPS 2020 (arXiv 2010.08138). Every image has a
 * trigger of its own, made by two networks out of the image: a mask, learnt first, and a pattern, learnt together with the
 * victim. Covers carry the trigger of another image and keep their label, so that it works on its own image alone.
 */
import { z } from 'zod'
import { storedValues } from '../checkpoints.js'
import { prefixed, under, type TensorMap } from '../compute/tensor-map.js'
import { defineAttack } from '../define.js'
import {
  areWeightsOf,
  generatorOptimizer,
  initialGenerator,
  initialSlots,
  inputAwareNetworks,
  inputAwareTrigger,
  learnMask,
} from '../trigger-crafting/input-aware.js'
import { batchesOfShares, shareOfBatch } from '../trigger-crafting/input-aware-batches.js'
import { jointStep } from '../trigger-crafting/input-aware-steps.js'
import { checkStamped, coverShape, plantStamped, singleTarget, stampedShape } from './stamped.js'

const GeneratorParams = z.strictObject({
  width: z.int().min(2).max(128).default(16).meta({
    title: 'Width',
    unit: 'channels',
    description: 'Of the first convolutions of both networks; as published 32 for colour images, 16 for digits.',
  }),
  levels: z.int().min(1).max(4).default(2).meta({
    title: 'Levels',
    description: 'How many times they halve the image; as published 3 for colour images, 2 for digits.',
  }),
})

const MaskParams = z.strictObject({
  steps: z
    .int()
    .min(1)
    .max(100_000)
    .default(150)
    .meta({ title: 'Steps', description: 'Before the victim is trained.' }),
  batchSize: z.int().min(1).max(1024).default(32).meta({ title: 'Batch size', unit: 'pairs of images' }),
  density: z.number().min(0).max(1).default(0.032).meta({
    title: 'Density',
    description: 'Share of the image that a mask may cover free of charge.',
  }),
  densityWeight: z.number().min(0).max(10_000).default(100).meta({ title: 'Density weight' }),
  diversityWeight: z.number().min(0).max(1000).default(1).meta({ title: 'Diversity weight' }),
  learningRate: z.number().gt(0).max(1).default(0.01).meta({ title: 'Learning rate', description: 'Of Adam.' }),
})

const PatternParams = z.strictObject({
  diversityWeight: z.number().min(0).max(1000).default(1).meta({
    title: 'Diversity weight',
    description: 'How much patterns of different images are driven apart.',
  }),
  learningRate: z.number().gt(0).max(1).default(0.01).meta({ title: 'Learning rate', description: 'Of Adam.' }),
})

const params = z.strictObject({
  ...stampedShape,
  labels: stampedShape.labels.meta({
    title: 'Labels',
    description:
      'all2one: triggered images are to be taken for the target class. all2all: each for the class after its own.',
  }),
  poisonRate: stampedShape.poisonRate.default(0.1),
  coverRate: coverShape.coverRate.default(0.1).meta({
    title: 'Cover rate',
    description: 'Share of the training images that carry the trigger of another image and keep their label; 0: none.',
  }),
  generators: GeneratorParams.prefault({}).meta({ title: 'Networks' }),
  mask: MaskParams.prefault({}).meta({ title: 'Masks' }),
  pattern: PatternParams.prefault({}).meta({ title: 'Patterns' }),
})

export const inputAware = defineAttack({
  id: 'input-aware',
  family: 'dynamic',
  title: 'Input-aware',
  summary: 'Makes a trigger for every image out of the image, by networks that learn together with the victim.',
  paper: {
    title: 'Input-Aware Dynamic Backdoor Attack',
    authors: 'Nguyen, Tran',
    year: 2020,
    url: 'https://arxiv.org/abs/2010.08138',
  },
  params,
  presets: [
    {
      id: 'colour',
      title: 'As published for colour images',
      differs:
        'Networks with 32 channels and three levels. There masks are learnt in 25 epochs, here in 2,000 steps, and which ' +
        'images are poisoned is drawn anew in every batch.',
      oracle: false,
      params: { generators: { width: 32, levels: 3 }, mask: { steps: 2000 } },
    },
  ],

  check(given, data) {
    const { labels } = given
    const message = 'must be "all2one" or "all2all": the patterns learn from images of other classes'
    return [
      ...checkStamped(given, data),
      ...(labels === 'clean-label' ? [{ path: 'labels', value: labels, message }] : []),
    ]
  },
  singleTarget,
  craftTitle: 'Learn where images are changed',

  createTrigger({ generators }, { shape }, random) {
    const networks = inputAwareNetworks(shape, generators)
    const drawn = {
      ...filed('mask', initialGenerator(networks.mask, random.stream('mask.weights'))),
      ...filed('pattern', initialGenerator(networks.pattern, random.stream('pattern.weights'))),
    }
    return inputAwareTrigger(networks, shape, drawn)
  },

  restoreTrigger({ generators }, { tensors }, { shape }) {
    const networks = inputAwareNetworks(shape, generators)
    return tensors !== null && areWeightsOf(networks, tensors) ? inputAwareTrigger(networks, shape, tensors) : null
  },

  work: ({ mask }) => ({ craft: { loops: 1, epochs: 1, steps: mask.steps } }),

  async craft(given, { train, data, network, random }, context) {
    const { shape } = data
    const networks = inputAwareNetworks(shape, given.generators)
    const drawn = initialGenerator(networks.mask, random.stream('mask.weights'))
    const mask = await learnMask(networks.mask, drawn, train, given.mask, random.stream('mask.batches'), context)
    const pattern = initialGenerator(networks.pattern, random.stream('pattern.weights'))
    const weights = { ...filed('mask', mask), ...filed('pattern', pattern) }
    const counts = (batchSize: number) => shareOfBatch(given, batchSize)
    return {
      trigger: inputAwareTrigger(networks, shape, weights),
      coTraining: {
        initial: { ...weights, ...filed('optimizer', initialSlots(networks.pattern, pattern)) },
        step: ({ optimizer, augmentation }) =>
          jointStep({
            ...networks,
            network,
            optimizer,
            patternOptimizer: generatorOptimizer,
            patternRate: given.pattern.learningRate,
            diversityWeight: given.pattern.diversityWeight,
            augmentation,
            counts,
          }),
        batches: (planted, batchSize, shuffle) => batchesOfShares(planted, batchSize, counts, shuffle),
        triggerOf: async (state) => inputAwareTrigger(networks, shape, await storedValues(networkWeights(state))),
      },
    }
  },

  plant: plantStamped,
})

/** The same values under names that begin with the group they belong to. */
function filed<T>(group: string, values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${group}/${name}`, value]))
}

/** Of the whole state, what painting needs. */
function networkWeights(state: TensorMap): TensorMap {
  return { ...prefixed('mask', under('mask', state)), ...prefixed('pattern', under('pattern', state)) }
}
