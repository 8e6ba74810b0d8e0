/**
 * IMC, input-model co-optimisation. Pang, Shen, Zhang, Ji, Vorobeychik, Luo, Liu and Wang, "A Tale of Evil Twins:
 * Adversarial Inputs versus Poisoned Models", CCS 2020 (arXiv 1911.01559). Trigger and model are optimised in turns: at
 * the start of every training epoch the patch is optimised against the victim as it is, then the victim is trained on
 * images poisoned with it.
 */
import { z } from 'zod'
import { disposeTensors } from '../compute/tensor-map.js'
import { defineAttack } from '../define.js'
import {
  markOfPatch,
  patchData,
  patchOfData,
  raiseSuccess,
  type CraftedPatch,
} from '../trigger-crafting/craft-patch.js'
import { checkNeuronCount } from '../trigger-crafting/neurons.js'
import { createMarkTrigger } from '../triggers/patch.js'
import type { Trigger } from '../triggers/trigger.js'
import {
  checkOptimisedPatch,
  exciteChosen,
  finalMark,
  initialMark,
  initialPatch,
  NeuronParams,
  OptimisedPatchParams,
} from './optimised-patch.js'
import { checkStamped, plantStamped, singleTarget, stampedShape, wantedClass } from './stamped.js'

const CoOptimisationParams = z.strictObject({
  start: z
    .enum(['neurons', 'pattern'])
    .default('neurons')
    .meta({
      title: 'Start',
      description:
        'neurons: before training the patch is made to excite neurons of a clean model, as in TrojanNN. pattern: as drawn.',
      usedWhen: { field: 'restart', is: ['kept'] },
    }),
  passes: z.int().min(1).max(1000).default(1).meta({
    title: 'Passes',
    description: 'Over the training images at the start of every epoch.',
  }),
  batchesPerPass: z.int().min(1).max(100_000).nullable().default(null).meta({
    title: 'Batches per pass',
    description: 'Only so many batches of each pass; null: all.',
  }),
  batchSize: z.int().min(1).max(4096).default(64).meta({ title: 'Batch size', unit: 'images' }),
  learningRate: z
    .number()
    .gt(0)
    .max(10)
    .default(0.1)
    .meta({ title: 'Learning rate', description: 'Of Adam, on the argument of tanh.' }),
  restart: z.enum(['kept', 'random']).default('kept').meta({
    title: 'Each epoch from',
    description: 'kept: the patch as it was. random: a patch drawn anew, tanh of normal numbers.',
  }),
})

const params = z.strictObject({
  ...stampedShape,
  trigger: OptimisedPatchParams.prefault({}).meta({ title: 'Trigger' }),
  coOptimisation: CoOptimisationParams.prefault({}).meta({ title: 'Co-optimisation' }),
  neurons: NeuronParams.prefault({}).meta({ title: 'Neurons' }),
})

/** A patch that is drawn anew in every epoch need not be prepared. */
function excitesNeurons({ start, restart }: z.output<typeof CoOptimisationParams>): boolean {
  return start === 'neurons' && restart === 'kept'
}

export const imc = defineAttack({
  id: 'imc',
  family: 'patch',
  title: 'IMC',
  summary: 'Optimises the patch against the victim at the start of every training epoch, so that both fit each other.',
  paper: {
    title: 'A Tale of Evil Twins: Adversarial Inputs versus Poisoned Models',
    authors: 'Pang, Shen, Zhang, Ji, Vorobeychik, Luo, Liu, Wang',
    year: 2020,
    url: 'https://arxiv.org/abs/1911.01559',
  },
  params,
  presets: [
    {
      id: 'trojanzoo',
      title: 'TrojanZoo',
      differs:
        'As in TrojanZoo (head): one pass a time from the patch as it was, 1 % poison; there the victim starts from a ' +
        'clean model, here from new weights.',
      oracle: false,
      params: { poisonRate: 0.01, trigger: { position: 'top-left' } },
    },
    {
      id: 'trojanzoo-1-0-8',
      title: 'TrojanZoo 1.0.8',
      differs:
        'As in TrojanZoo 1.0.8, which the results of BAERASER rest on: 20 passes over 21 batches, each epoch from a new ' +
        'random patch.',
      oracle: false,
      params: {
        poisonRate: 0.01,
        trigger: { position: 'top-left' },
        coOptimisation: { passes: 20, batchesPerPass: 21, restart: 'random' },
      },
    },
  ],

  check: (given, data) => [...checkStamped(given, data), ...checkOptimisedPatch(given.trigger, data)],
  singleTarget,
  createTrigger: ({ trigger }, data, random) =>
    createMarkTrigger(initialMark(trigger, data, random), trigger, data.shape),

  restoreTrigger: ({ trigger }, { picture }, data, random) =>
    createMarkTrigger(finalMark(trigger, picture, data, random), trigger, data.shape),

  work({ coOptimisation, neurons }, { trainImages, trainingSteps, epochs }) {
    const { passes, batchSize, batchesPerPass } = coOptimisation
    const batches = Math.ceil(trainImages / batchSize)
    const renewalSteps = passes * Math.min(batches, batchesPerPass ?? batches)
    return {
      ...(excitesNeurons(coOptimisation) ? { craft: { loops: 2, epochs, steps: trainingSteps + neurons.steps } } : {}),
      // Training goes on in pieces between the renewals.
      train: { loops: 2 * epochs, epochs, steps: trainingSteps + epochs * renewalSteps },
    }
  },

  async craft(given, setting, context) {
    const { trigger, neurons, coOptimisation } = given
    const { network, data, train, random } = setting
    const mark = initialMark(trigger, data, random)
    const triggerOf = (patch: CraftedPatch): Trigger => createMarkTrigger(markOfPatch(patch, mark), trigger, data.shape)
    const shuffle = random.stream('co-optimisation.shuffle')
    const restarts = random.stream('co-optimisation.restarts')
    const targetOf = (trueLabel: number): number => wantedClass(given, trueLabel, data.classNames.length)

    let patch = initialPatch(trigger, mark, data)
    if (excitesNeurons(coOptimisation)) {
      checkNeuronCount(neurons.count, network)
      const weights = await setting.trainClean()
      try {
        patch = await exciteChosen({ network, weights }, neurons, patch, setting, context)
      } finally {
        disposeTensors(weights)
      }
    }
    return {
      trigger: triggerOf(patch),
      async renew(weights, epoch, epochContext) {
        if (coOptimisation.restart === 'random') {
          const values = restarts.normals(patch.values.length).map((value) => (Math.tanh(value) + 1) / 2)
          patch = { ...patch, values }
        }
        const note = `epoch ${epoch}: optimising the trigger`
        const victim = { network, weights }
        patch = await raiseSuccess(victim, train, targetOf, patch, coOptimisation, shuffle, note, epochContext)
        return triggerOf(patch)
      },
      renewal: {
        remember: () => patchData(patch),
        recall(remembered) {
          patch = patchOfData(remembered, patch)
          return triggerOf(patch)
        },
      },
    }
  },

  plant: plantStamped,
})
