/**
 * Fine-Pruning. Liu, Dolan-Gavitt and Garg, "Fine-Pruning: Defending Against Backdooring Attacks on Deep Neural
 * Networks", RAID 2018 (arXiv 1805.12185). Channels that clean images leave silent are where a backdoor can hide, so they
 * are pruned as far as the accuracy allows; then the rest is fine-tuned. As in BackdoorBench, what is pruned are the inputs
 * of the classifying layer.
 */
import { z } from 'zod'
import { disposeTensors } from '../../compute/tensor-map.js'
import { defineDefense, type DefenderView, type DefenseResult } from '../../define.js'
import type { RunContext } from '../../run-context.js'
import { accuracyJudge } from '../fine-tuning/accuracy-judge.js'
import { fineTune } from '../fine-tuning/fine-tune.js'
import { backdoorbenchTraining, descentParams, keepLast, SelectionParams } from '../fine-tuning/params.js'
import {
  choosePruning,
  prunedWeights,
  pruningMasks,
  validationAccuracy,
  type PrunedAccuracy,
  type Pruning,
} from './prune.js'

const PruningParams = z.strictObject({
  accuracyDrop: z.number().min(0).max(1).default(0.2).meta({
    title: 'Accuracy drop',
    description: "Share of the victim's validation accuracy that pruning may cost before it stops.",
  }),
  stepShare: z.number().gt(0).max(1).default(0.01).meta({
    title: 'Step',
    description: 'Share of the channels that are pruned at a time.',
  }),
})

const FinePruningParams = z.strictObject({
  knowledge: z
    .enum(['defender', 'oracle'])
    .default('defender')
    .meta({
      title: 'Knowledge',
      description:
        "defender: pruning stops by the accuracy on the defender's validation images. oracle: by that on the test " +
        'images, as the published code does; for comparison only.',
    }),
  pruning: PruningParams.prefault({}).meta({ title: 'Pruning' }),
  fineTuning: descentParams({
    epochs: 20,
    batchSize: 32,
    optimizer: 'sgd',
    learningRate: 0.1,
    weightDecay: 0.0005,
  })
    .prefault({})
    .meta({ title: 'Fine-tuning' }),
  selection: SelectionParams.prefault({}).meta({ title: 'Choices' }),
})
type FinePruningParams = z.output<typeof FinePruningParams>

const backdoorbench = {
  pruning: { accuracyDrop: 0.1, stepShare: 0.01 },
  fineTuning: { ...backdoorbenchTraining, epochs: 100 },
  selection: keepLast,
}

export const finePruning = defineDefense({
  id: 'fine-pruning',
  family: 'pruning',
  title: 'Fine-Pruning',
  summary: 'Prunes the channels that clean images use least, then fine-tunes the rest.',
  paper: {
    title: 'Fine-Pruning: Defending Against Backdooring Attacks on Deep Neural Networks',
    authors: 'Liu, Dolan-Gavitt, Garg',
    year: 2018,
    url: 'https://arxiv.org/abs/1805.12185',
  },
  params: FinePruningParams,
  presets: [
    {
      id: 'backdoorbench',
      title: 'BackdoorBench',
      differs:
        'Its settings, with the accuracy taken from validation images instead of the test set, and without the one step ' +
        'beyond the limit that its code leaves applied.',
      oracle: false,
      params: backdoorbench,
    },
    {
      id: 'oracle',
      title: 'BackdoorBench, test images',
      differs: 'As the published code: pruning stops by the accuracy on the very test images that are reported.',
      oracle: true,
      params: { ...backdoorbench, knowledge: 'oracle' },
    },
  ],
  stages: [
    { kind: 'prune', title: 'Prune channels' },
    { kind: 'fine-tune', title: 'Fine-tune' },
  ],

  check: () => [],

  async repair(view, params, context) {
    context.enterStage('prune')
    const { accuracyWithout, dispose } = validationAccuracy(view)
    try {
      return await pruneAndFineTune(view, params, accuracyWithout, 'validation', context)
    } finally {
      dispose()
    }
  },

  oracle: {
    applies: ({ knowledge }) => knowledge === 'oracle',
    async repair(view, attacker, params, context) {
      context.enterStage('prune')
      const accuracyWithout: PrunedAccuracy = async (channels) => {
        const weights = prunedWeights(view.victim, channels)
        try {
          return await attacker.measureCleanAccuracy(weights)
        } finally {
          disposeTensors(weights)
        }
      }
      return pruneAndFineTune(view, params, accuracyWithout, 'test', context)
    },
  },
})

async function pruneAndFineTune(
  view: DefenderView,
  { pruning: options, fineTuning, selection }: FinePruningParams,
  accuracyWithout: PrunedAccuracy,
  measuredOn: 'validation' | 'test',
  context: RunContext,
): Promise<DefenseResult> {
  const { victim } = view
  const pruning = await choosePruning(view, options, accuracyWithout, context)
  await context.files.saveJson('pruning.json', 'Pruned channels', { measuredOn, ...pruning })
  const channels = pruning.order.slice(0, pruning.pruned)

  context.enterStage('fine-tune')
  const start = prunedWeights(victim, channels)
  const masks = pruningMasks(victim, channels)
  try {
    const judge = await accuracyJudge(view, selection.accuracyFloor, context)
    const random = view.random.within('fine-tune')
    const kept = await fineTune(
      view,
      { start, masks, options: fineTuning, slowDowns: selection.slowDowns, judge, random },
      context,
    )
    const isVictim = kept.keptEpoch === 0 && channels.length === 0
    return {
      outcome: isVictim ? 'not-improved' : 'repaired',
      weights: kept.weights,
      keptEpoch: kept.keptEpoch,
      detection: null,
      findings: [describePruning(pruning, measuredOn)],
    }
  } finally {
    disposeTensors(start)
    disposeTensors(masks)
  }
}

function describePruning({ order, pruned, accuracies }: Pruning, measuredOn: string): string {
  const at = (count: number): string =>
    (100 * (accuracies.find((entry) => entry.pruned === count)?.accuracy ?? 0)).toFixed(1)
  return (
    `${pruned} of ${order.length} channels pruned: ${measuredOn} accuracy ${at(0)} % before, ` +
    `${at(pruned)} % after, before fine-tuning.`
  )
}
