/**
 * RNP. Li, Lyu, Ma, Koren, Lyu, Li and Jiang, "Reconstructive Neuron Pruning for Backdoor Defense", ICML 2023
 * (arXiv 2305.14876). The victim unlearns a few clean images, so that little but the backdoor is left in it; then masks of
 * its filters learn to answer those images again. Filters that do not help with that served the backdoor, and are pruned
 * from the victim.
 */
import { disposeTensors } from '../../compute/tensor-map.js'
import { defineDefense, type DefenderView, type DefenseResult } from '../../define.js'
import type { RunContext } from '../../run-context.js'
import { defenderPruningJudge, oraclePruningJudge, pruneByMasks, type PruningJudge } from '../prune-by-masks.js'
import { recoverMasks, unlearnClean } from './masks.js'
import { officialParams, RnpParams } from './params.js'

export const rnp = defineDefense({
  id: 'rnp',
  family: 'pruning',
  title: 'RNP',
  summary: 'Unlearns clean images, lets filter masks recover them, and prunes the filters that do not help.',
  paper: {
    title: 'Reconstructive Neuron Pruning for Backdoor Defense',
    authors: 'Li, Lyu, Ma, Koren, Lyu, Li, Jiang',
    year: 2023,
    url: 'https://arxiv.org/abs/2305.14876',
  },
  params: RnpParams,
  presets: [
    {
      id: 'rnp-official',
      title: 'RNP, official code',
      differs:
        "The authors' settings in batches of 128. Their code reports every threshold on test images: here one is chosen by " +
        'validation accuracy. Gradients of the ascent are cut to a length of 20, which their code means to do, but does ' +
        'before there are any.',
      oracle: false,
      params: officialParams,
    },
    {
      id: 'oracle',
      title: 'RNP, threshold by test images',
      differs:
        "The authors' settings; of the thresholds that cost less than a tenth of the test accuracy, the one with the least " +
        'attack success.',
      oracle: true,
      params: { ...officialParams, knowledge: 'oracle', accuracyDrop: 0.1 },
    },
  ],
  stages: [
    { kind: 'unlearn', title: 'Unlearn clean images' },
    { kind: 'prune', title: 'Recover filter masks and prune' },
  ],

  check: () => [],

  async repair(view, params, context) {
    context.enterStage('unlearn')
    return reconstruct(view, params, await defenderPruningJudge(view, params.accuracyDrop), context)
  },

  oracle: {
    applies: ({ knowledge }) => knowledge === 'oracle',
    async repair(view, attacker, params, context) {
      context.enterStage('unlearn')
      return reconstruct(view, params, await oraclePruningJudge(view, attacker, params.accuracyDrop), context)
    },
  },
})

async function reconstruct(
  view: DefenderView,
  { unlearning, recovering }: RnpParams,
  judge: PruningJudge,
  context: RunContext,
): Promise<DefenseResult> {
  const moment = { epochs: 1, stepsPerEpoch: 1 }
  await context.observe(() => view.victim.weights, { ...moment, epoch: 0, step: 0 })
  const unlearned = await unlearnClean(view, unlearning, context)
  try {
    context.enterStage('prune')
    const masks = await recoverMasks(view, unlearned.weights, recovering, context)
    const result = await pruneByMasks(view, masks, judge, context)
    await context.observe(() => result.weights, { ...moment, epoch: 1, step: 1 })
    const left = (100 * unlearned.accuracy).toFixed(1)
    return {
      ...result,
      findings: [
        `Clean images were unlearned down to an accuracy of ${left} %, then recovered.`,
        ...(result.findings ?? []),
      ],
    }
  } finally {
    disposeTensors(unlearned.weights)
  }
}
