/**
 * BAERASER. Liu, Fan, Chen, Liu, Ma, Wang and Ma, "Backdoor Defense with Machine Unlearning", INFOCOM 2022
 * (arXiv 2201.09538). First the distribution of triggers is recovered with a generator trained against the victim, then
 * it is unlearned by ascending the loss on triggered images while holding the clean ones.
 */
import { disposeTensors } from '../../compute/tensor-map.js'
import { defineDefense, type AttackerKnowledge, type DefenderView, type DefenseResult } from '../../define.js'
import type { RunContext } from '../../run-context.js'
import { checkPatch } from '../../triggers/patch.js'
import {
  defenderJudge,
  findTarget,
  placeFindings,
  recoverShown,
  recoveryWork,
} from '../../trigger-recovery/found-triggers.js'
import type { PatchPosition } from '../../trigger-recovery/recover.js'
import { BaeraserParams, publishedParams } from './params.js'
import { unlearn, type UnlearningJudge } from './unlearn.js'

/** The authors' code stops once measured attack success is below 0.05 %. */
const ORACLE_STOP_BELOW = 0.0005

export const baeraser = defineDefense({
  id: 'baeraser',
  family: 'unlearning',
  title: 'BAERASER',
  summary: 'Recovers the distribution of triggers with a generator, then unlearns it by gradient ascent.',
  paper: {
    title: 'Backdoor Defense with Machine Unlearning',
    authors: 'Liu, Fan, Chen, Liu, Ma, Wang, Ma',
    year: 2022,
    url: 'https://arxiv.org/abs/2201.09538',
  },
  params: BaeraserParams,
  presets: [
    {
      id: 'baeraser-seed',
      title: 'Published recipe',
      differs:
        "The authors' settings (hidden 2048, ten epochs each, batches of 128, one place per batch), with the generator " +
        'trained, which their code leaves out, and with target and stopping found by the defender.',
      oracle: false,
      params: publishedParams,
    },
    {
      id: 'oracle',
      title: "Published recipe, attacker's knowledge",
      differs: 'As the published code: the target is given, and it stops on the true trigger and the test images.',
      oracle: true,
      params: { ...publishedParams, knowledge: 'oracle' },
    },
  ],
  stages: [
    { kind: 'recover', title: 'Recover triggers' },
    { kind: 'unlearn', title: 'Unlearn triggers' },
  ],

  check: ({ recovery }, data) =>
    checkPatch({ size: recovery.patchSize }, data.shape).map((error) => ({ ...error, path: 'recovery.patchSize' })),

  work({ knowledge, recovery, unlearning: { epochs, batchSize } }, counts) {
    return [
      recoveryWork(recovery, counts, 1, knowledge === 'oracle'),
      { loops: 1, epochs, steps: epochs * Math.ceil(counts.trainImages / batchSize) },
    ]
  },

  async repair(view, params, context) {
    context.enterStage('recover')
    const { recovery, selection } = params
    const searching = { ...recovery, epochs: recovery.searchEpochs }
    const found = await findTarget(view, searching, recovery.position, selection, context, [recovery.epochs])
    if ('outcome' in found) return found
    const judge = defenderJudge(selection, found.baseRate)
    const result = await recoverAndUnlearn(view, found.target, found.position, params, judge, context, found.next())
    return { ...result, detection: found.detection }
  },

  oracle: {
    applies: ({ knowledge }) => knowledge === 'oracle',
    async repair(view, attacker, params, context) {
      context.enterStage('recover')
      const judge = oracleJudge(attacker)
      const position = params.recovery.position === 'any' ? 'per-image' : params.recovery.position
      const result = await recoverAndUnlearn(view, attacker.targetClass, position, params, judge, context, context)
      return { ...result, detection: null }
    },
  },
})

async function recoverAndUnlearn(
  view: DefenderView,
  targetClass: number,
  position: PatchPosition,
  { recovery, unlearning }: BaeraserParams,
  judge: UnlearningJudge,
  context: RunContext,
  recovering: RunContext,
): Promise<Omit<DefenseResult, 'detection'>> {
  const options = { ...recovery, position }
  const recovered = await recoverShown(view, targetClass, options, view.random.within('recover'), recovering)
  try {
    context.enterStage('unlearn')
    const { weights: repaired, keptEpoch } = await unlearn(view, recovered, unlearning, judge, context)
    const outcome = keptEpoch === 0 ? 'not-improved' : 'repaired'
    return { outcome, weights: repaired, keptEpoch, findings: placeFindings(recovered, view) }
  } finally {
    disposeTensors(recovered.weights)
  }
}

/** What the published code does: look at the true trigger's success on the very images that are reported. */
function oracleJudge({ measureAttackSuccess }: AttackerKnowledge): UnlearningJudge {
  return async (_figures, _epoch, weights) => {
    const attackSuccess = await measureAttackSuccess(weights)
    return { stop: attackSuccess < ORACLE_STOP_BELOW, cost: attackSuccess }
  }
}
