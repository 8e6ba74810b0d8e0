/**
 * ANP, adversarial neuron pruning. Wu and Wang, "Adversarial Neuron Pruning Purifies Backdoored Deep Models", NeurIPS 2021
 * (arXiv 2110.14430). Every channel gets a mask, which is learnt with clean images while the channels are shaken as badly as
 * possible; those that end with small masks are the ones that a backdoor needs, and are pruned.
 */
import { z } from 'zod'
import { defineDefense, type DefenderView, type DefenseResult } from '../../define.js'
import type { RunContext } from '../../run-context.js'
import { defenderPruningJudge, oraclePruningJudge, pruneByMasks, type PruningJudge } from '../prune-by-masks.js'
import { learnMasks } from './learn-masks.js'

const MaskParams = z.strictObject({
  epsilon: z.number().gt(0).max(2).default(0.4).meta({
    title: 'Epsilon',
    description: 'How far channels are shaken, as a share of their scale and offset.',
  }),
  ascents: z.int().min(1).max(100).default(1).meta({ title: 'Ascents', description: 'Of the noise in each step.' }),
  cleanShare: z.number().min(0).max(1).default(0.2).meta({
    title: 'Clean share',
    description: 'Share of the loss without noise in the sum.',
  }),
  steps: z.int().min(1).max(100_000).default(1000).meta({ title: 'Steps' }),
  batchSize: z.int().min(1).max(4096).default(128).meta({ title: 'Batch size', unit: 'images' }),
  learningRate: z
    .number()
    .gt(0)
    .max(10)
    .default(0.2)
    .meta({ title: 'Learning rate', description: 'Of SGD, constant.' }),
  momentum: z.number().min(0).lt(1).default(0.9).meta({ title: 'Momentum' }),
})

const AnpParams = z.strictObject({
  knowledge: z
    .enum(['defender', 'oracle'])
    .default('defender')
    .meta({
      title: 'Knowledge',
      description:
        "defender: how far is pruned is decided by the accuracy on the defender's validation images. oracle: by the true " +
        'trigger on the test images, as published code does; for comparison only.',
    }),
  masks: MaskParams.prefault({}).meta({ title: 'Masks' }),
  accuracyDrop: z.number().min(0).max(1).default(0.05).meta({
    title: 'Accuracy drop',
    description: "What pruning may cost of the victim's validation accuracy, give or take a standard error.",
  }),
})
type AnpParams = z.output<typeof AnpParams>

export const anp = defineDefense({
  id: 'anp',
  family: 'pruning',
  title: 'ANP',
  summary: 'Learns which channels a backdoor needs by shaking all of them, and prunes those.',
  paper: {
    title: 'Adversarial Neuron Pruning Purifies Backdoored Deep Models',
    authors: 'Wu, Wang',
    year: 2021,
    url: 'https://arxiv.org/abs/2110.14430',
  },
  params: AnpParams,
  presets: [
    {
      id: 'published',
      title: 'As published',
      differs:
        'Epsilon 0.4, 2,000 steps at a rate of 0.2, as in the authors code, which leaves the threshold to the reader; here ' +
        'the accuracy on validation images decides.',
      oracle: false,
      params: { masks: { steps: 2000 } },
    },
    {
      id: 'oracle',
      title: 'BackdoorBench, true trigger',
      differs:
        'As BackdoorBench: 2,000 steps at a rate of 0.01 in batches of 256, and the threshold at which the true trigger ' +
        'succeeds least on the test images, at a tenth of their accuracy.',
      oracle: true,
      params: {
        knowledge: 'oracle',
        accuracyDrop: 0.1,
        masks: { steps: 2000, learningRate: 0.01, batchSize: 256 },
      },
    },
  ],
  stages: [{ kind: 'prune', title: 'Learn masks and prune' }],

  check: () => [],

  async repair(view, params, context) {
    context.enterStage('prune')
    const judge = await defenderPruningJudge(view, params.accuracyDrop)
    return learnAndPrune(view, params, judge, context)
  },

  oracle: {
    applies: ({ knowledge }) => knowledge === 'oracle',
    async repair(view, attacker, params, context) {
      context.enterStage('prune')
      const judge = await oraclePruningJudge(view, attacker, params.accuracyDrop)
      return learnAndPrune(view, params, judge, context)
    },
  },
})

async function learnAndPrune(
  view: DefenderView,
  { masks }: AnpParams,
  judge: PruningJudge,
  context: RunContext,
): Promise<DefenseResult> {
  const moment = { epochs: 1, stepsPerEpoch: 1 }
  await context.observe(() => view.victim.weights, { ...moment, epoch: 0, step: 0 })
  const result = await pruneByMasks(view, await learnMasks(view, masks, context), judge, context)
  await context.observe(() => result.weights, { ...moment, epoch: 1, step: 1 })
  return result
}
