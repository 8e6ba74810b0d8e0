/**
 * MESA. Qiao, Yang and Li, "Defending Neural Backdoors via Generative Distribution Modeling", NeurIPS 2019 (arXiv
 * 1910.04749). The distribution of triggers is recovered by an ensemble of generators, each content with another target
 * probability; then the model is trained on with triggers drawn from them under the true labels.
 */
import { disposeTensors } from '../../compute/tensor-map.js'
import { defineDefense } from '../../define.js'
import { checkPatch } from '../../triggers/patch.js'
import {
  defenderJudge,
  findTarget,
  placeFindings,
  recoverShown,
  recoveryWork,
} from '../../trigger-recovery/found-triggers.js'
import type { RecoveredTriggers } from '../../trigger-recovery/recover.js'
import { betasOf, MesaParams, publishedParams } from './params.js'
import { repair } from './repair.js'

export const mesa = defineDefense({
  id: 'mesa',
  family: 'fine-tuning',
  title: 'MESA',
  summary: 'Recovers the distribution of triggers with several generators, then trains on with them under true labels.',
  paper: {
    title: 'Defending Neural Backdoors via Generative Distribution Modeling',
    authors: 'Qiao, Yang, Li',
    year: 2019,
    url: 'https://arxiv.org/abs/1910.04749',
  },
  params: MesaParams,
  presets: [
    {
      id: 'published',
      title: 'Published recipe',
      differs:
        "The authors' settings: one place per batch, 1 % of the images triggered, a constant rate of 0.001 in batches of " +
        '128. They keep the last weights and are told how many epochs; here the best by validation images are kept.',
      oracle: false,
      params: publishedParams,
    },
  ],
  stages: [
    { kind: 'recover', title: 'Recover triggers' },
    { kind: 'fine-tune', title: 'Train on with recovered triggers' },
  ],

  check: ({ recovery }, data) =>
    checkPatch({ size: recovery.patchSize }, data.shape).map((error) => ({ ...error, path: 'recovery.patchSize' })),

  work({ recovery, betas, repair: { epochs, batchSize } }, counts) {
    return [
      recoveryWork(recovery, counts, betasOf(betas).length),
      { loops: 1, epochs, steps: epochs * Math.ceil(counts.trainImages / batchSize) },
    ]
  },

  async repair(view, { recovery, betas, repair: options, selection }, context) {
    context.enterStage('recover')
    const searching = { ...recovery, epochs: recovery.searchEpochs }
    const epochsAfter = betasOf(betas).map(() => recovery.epochs)
    const found = await findTarget(view, searching, recovery.position, selection, context, epochsAfter)
    if ('outcome' in found) return found

    const ensemble: RecoveredTriggers[] = []
    try {
      for (const [index, beta] of betasOf(betas).entries()) {
        const recovering = { ...recovery, beta, position: found.position }
        const random = view.random.within(`recover.${index}`)
        const epochsBefore = index * recovery.epochs
        ensemble.push(await recoverShown(view, found.target, recovering, random, found.next(), epochsBefore))
      }
      context.enterStage('fine-tune')
      const judge = defenderJudge(selection, found.baseRate)
      const { weights, keptEpoch } = await repair(view, ensemble, options, judge, context)
      const outcome = keptEpoch === 0 ? 'not-improved' : 'repaired'
      return { outcome, weights, keptEpoch, detection: found.detection, findings: placeFindings(ensemble[0]!, view) }
    } finally {
      for (const { weights } of ensemble) disposeTensors(weights)
    }
  },
})
