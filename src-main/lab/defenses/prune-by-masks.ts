/** Pruning by masks that were learnt, one for each channel of each batch normalisation: how far, and what is left. */
import { z } from 'zod'
import { cloneTensors, disposeTensors, type TensorMap } from '../compute/tensor-map.js'
import type { AttackerKnowledge, DefenderView, DefenseResult } from '../define.js'
import { accuracyLoss } from '../evaluation/accuracy-loss.js'
import type { RunContext } from '../run-context.js'
import { channelCount, countChannels, silenceChannels, type ChannelsByLayer } from './silenced.js'

/** By the name of the batch normalisation: how much of each channel is kept, 0..1. */
export const Masks = z.record(z.string(), z.array(z.number()))
export type Masks = z.infer<typeof Masks>

/** Masks up to each of these are pruned in turn, as far as it goes. */
const THRESHOLDS = Array.from({ length: 19 }, (_, k) => (5 * k) / 100)

/** Whether a model may be pruned so far, and how good that would be (lower is better). */
export type PruningJudge = (
  weights: TensorMap,
) => Promise<{ isAllowed: boolean; cost: number; figures: Record<string, number> }>

/**
 * By the defender's validation images, of whose accuracy `accuracyDrop` (0..1) may be lost, give or take a standard error.
 * Clean images cannot show whether a backdoor has gone: the more is pruned the better.
 */
export async function defenderPruningJudge(view: DefenderView, accuracyDrop: number): Promise<PruningJudge> {
  const compare = await accuracyLoss(view)
  return async (weights) => {
    const { accuracy, surelyLost } = await compare(weights)
    return { isAllowed: surelyLost <= accuracyDrop, cost: 0, figures: { accuracy } }
  }
}

/** By the true trigger and the test images, of whose accuracy the share `accuracyDrop` (0..1) may be lost. */
export async function oraclePruningJudge(
  { victim }: DefenderView,
  attacker: AttackerKnowledge,
  accuracyDrop: number,
): Promise<PruningJudge> {
  const before = await attacker.measureCleanAccuracy(victim.weights)
  return async (weights) => {
    const accuracy = await attacker.measureCleanAccuracy(weights)
    const attackSuccess = await attacker.measureAttackSuccess(weights)
    const isAllowed = before - accuracy <= accuracyDrop * before
    return { isAllowed, cost: attackSuccess, figures: { accuracy, attackSuccess } }
  }
}

/** Prunes the victim as far as the judge allows, and says how far that was. */
export async function pruneByMasks(
  { victim: { network, weights } }: DefenderView,
  masks: Masks,
  judge: PruningJudge,
  context: RunContext,
): Promise<DefenseResult> {
  const { chosen, tried } = await chooseThreshold(weights, masks, judge)
  await context.files.saveJson('masks.json', 'Mask of each channel, and what pruning by them costs', { masks, tried })
  const pruned = chosen === null ? new Map<string, number[]>() : channelsUpTo(masks, chosen)
  const count = countChannels(pruned)
  return {
    outcome: count === 0 ? 'not-improved' : 'repaired',
    weights: count === 0 ? cloneTensors(weights) : silenceChannels(weights, pruned, false),
    detection: null,
    keptEpoch: null,
    findings: [
      count === 0
        ? 'No channel could be pruned at that accuracy.'
        : `${count} of ${channelCount(network.normalizations)} channels pruned: those with masks up to ${chosen}.`,
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

function channelsUpTo(masks: Masks, threshold: number): ChannelsByLayer {
  return new Map(
    Object.entries(masks).map(([name, values]) => [
      name,
      values.flatMap((value, channel) => (value <= threshold ? [channel] : [])),
    ]),
  )
}
