/**
 * ANP, adversarial neuron pruning. Wu and Wang, "Adversarial Neuron Pruning Purifies Backdoored Deep Models", NeurIPS 2021
 * (arXiv 2110.14430). Every channel gets a mask, which is learnt with clean images while the channels are shaken as badly as
 * possible; those that end with small masks are the ones that a backdoor needs, and are pruned.
 */
import { z } from 'zod'
import { cloneTensors, disposeTensors, type TensorMap } from '../../compute/tensor-map.js'
import { defineDefense, type DefenderView, type DefenseResult } from '../../define.js'
import { accuracyLoss } from '../../evaluation/accuracy-loss.js'
import type { RunContext } from '../../run-context.js'
import { channelCount, countChannels, silenceChannels, type ChannelsByLayer } from '../silenced.js'
import { learnMasks, type Masks } from './learn-masks.js'

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

/** Masks up to each of these are pruned in turn, as far as it goes. */
const THRESHOLDS = Array.from({ length: 19 }, (_, k) => (5 * k) / 100)

/** Whether a model may be pruned so far, and how good that would be (lower is better). */
type PruningJudge = (
  weights: TensorMap,
) => Promise<{ isAllowed: boolean; cost: number; figures: Record<string, number> }>

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
    const compare = await accuracyLoss(view)
    return pruneByMasks(view, params, context, async (weights) => {
      const { accuracy, surelyLost } = await compare(weights)
      // Clean images cannot show whether a backdoor has gone: the more is pruned the better.
      return { isAllowed: surelyLost <= params.accuracyDrop, cost: 0, figures: { accuracy } }
    })
  },

  oracle: {
    applies: ({ knowledge }) => knowledge === 'oracle',
    async repair(view, attacker, params, context) {
      context.enterStage('prune')
      const before = await attacker.measureCleanAccuracy(view.victim.weights)
      return pruneByMasks(view, params, context, async (weights) => {
        const accuracy = await attacker.measureCleanAccuracy(weights)
        const attackSuccess = await attacker.measureAttackSuccess(weights)
        const isAllowed = before - accuracy <= params.accuracyDrop * before
        return { isAllowed, cost: attackSuccess, figures: { accuracy, attackSuccess } }
      })
    },
  },
})

async function pruneByMasks(
  view: DefenderView,
  { masks: options }: AnpParams,
  context: RunContext,
  judge: PruningJudge,
): Promise<DefenseResult> {
  const { network, weights } = view.victim
  const { normalizations } = network
  const moment = { epochs: 1, stepsPerEpoch: 1 }
  await context.observe(weights, { ...moment, epoch: 0, step: 0 })
  const masks = await learnMasks(view, options, context)
  const { chosen, tried } = await chooseThreshold(weights, masks, judge)
  await context.files.saveJson('masks.json', 'Mask of each channel, and what pruning by them costs', { masks, tried })
  const pruned = chosen === null ? new Map<string, number[]>() : channelsUpTo(masks, chosen)
  const count = countChannels(pruned)
  const repaired = count === 0 ? cloneTensors(weights) : silenceChannels(weights, pruned, false)
  await context.observe(repaired, { ...moment, epoch: 1, step: 1 })
  return {
    outcome: count === 0 ? 'not-improved' : 'repaired',
    weights: repaired,
    detection: null,
    keptEpoch: null,
    findings: [
      count === 0
        ? 'No channel could be pruned at that accuracy.'
        : `${count} of ${channelCount(normalizations)} channels pruned: those with masks up to ${chosen}.`,
    ],
  }
}

/** The highest threshold of those that cost least, among all up to the first that is not allowed; null where none is. */
async function chooseThreshold(weights: TensorMap, masks: Masks, judge: PruningJudge) {
  let best: { threshold: number; cost: number } | null = null
  const tried: Record<string, number>[] = []
  for (const threshold of THRESHOLDS) {
    const channels = channelsUpTo(masks, threshold)
    const pruned = silenceChannels(weights, channels, false)
    try {
      const { isAllowed, cost, figures } = await judge(pruned)
      tried.push({ threshold, channels: countChannels(channels), ...figures })
      if (!isAllowed) break
      if (best === null || cost <= best.cost) best = { threshold, cost }
    } finally {
      disposeTensors(pruned)
    }
  }
  return { chosen: best?.threshold ?? null, tried }
}

export function channelsUpTo(masks: Masks, threshold: number): ChannelsByLayer {
  return new Map(
    Object.entries(masks).map(([name, values]) => [
      name,
      values.flatMap((value, channel) => (value <= threshold ? [channel] : [])),
    ]),
  )
}
