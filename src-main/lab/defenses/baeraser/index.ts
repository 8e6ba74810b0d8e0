/**
 * BAERASER. Liu, Fan, Chen, Liu, Ma, Wang and Ma, "Backdoor Defense with Machine Unlearning", INFOCOM 2022
 * (arXiv 2201.09538). First the distribution of triggers is recovered with a generator trained against the victim, then
 * it is unlearned by ascending the loss on triggered images while holding the clean ones.
 */
import { cloneTensors, disposeTensors } from '../../compute/tensor-map.js'
import { defineDefense, type AttackerKnowledge, type DefenderView, type DefenseResult } from '../../define.js'
import type { RunContext } from '../../run-context.js'
import { predictClasses, shareEqual } from '../../evaluation/predict.js'
import { checkPatch } from '../../triggers/patch.js'
import { patchSheet } from '../../trigger-recovery/patch-sheet.js'
import { recoverTriggers } from '../../trigger-recovery/recover.js'
import { measureRecoveredSuccess } from '../../trigger-recovery/recovered-success.js'
import { searchTarget } from '../../trigger-recovery/target-search.js'
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

  async repair(view, params, context) {
    context.enterStage('recover')
    const { recovery, selection } = params
    const searching = { ...recovery, epochs: recovery.searchEpochs }
    const detection = await searchTarget(view, searching, selection.detectionThreshold, context)
    await context.files.saveJson('detection.json', 'Success of recovered triggers per class', detection)
    if (detection.target === null) {
      context.note('info', 'No backdoor found: no class yields recovered triggers. The model is left as it was.')
      const weights = cloneTensors(view.victim.weights)
      return { outcome: 'no-backdoor-found', weights, detection, keptEpoch: null }
    }
    const judge = await defenderJudge(view, params)
    return { ...(await recoverAndUnlearn(view, detection.target, params, judge, context)), detection }
  },

  oracle: {
    applies: ({ knowledge }) => knowledge === 'oracle',
    async repair(view, attacker, params, context) {
      context.enterStage('recover')
      const judge = oracleJudge(attacker)
      return { ...(await recoverAndUnlearn(view, attacker.targetClass, params, judge, context)), detection: null }
    },
  },
})

async function recoverAndUnlearn(
  view: DefenderView,
  targetClass: number,
  { recovery, unlearning }: BaeraserParams,
  judge: UnlearningJudge,
  context: RunContext,
): Promise<Omit<DefenseResult, 'detection'>> {
  const { network, weights } = view.victim
  const random = view.random.within('recover')
  const shown = random.stream('shown')
  const measured = random.stream('measured')
  const note = `recovering triggers of class ${view.data.classNames[targetClass]}`
  const recovered = await recoverTriggers(
    view,
    targetClass,
    recovery,
    random,
    context,
    note,
    async (now, epoch, mutualInformation) => {
      const recoveredSuccess = await measureRecoveredSuccess(network, weights, now, view.validation, measured)
      context.metrics({ epoch, origin: 'defender', values: { recoveredSuccess, mutualInformation } })
      const sheet = await patchSheet(now, shown)
      const number = String(epoch).padStart(3, '0')
      await context.files.saveImage(`recovered/epoch-${number}.png`, `Recovered triggers, epoch ${epoch}`, sheet)
    },
  )
  try {
    context.enterStage('unlearn')
    const { weights: repaired, keptEpoch } = await unlearn(view, recovered, unlearning, judge, context)
    return { outcome: keptEpoch === 0 ? 'not-improved' : 'repaired', weights: repaired, keptEpoch }
  } finally {
    disposeTensors(recovered.weights)
  }
}

/**
 * The honest judge sees the validation images and recovered triggers only. The cost is what a defender can estimate of
 * the damage left: success of recovered triggers plus lost accuracy. Weights below the accuracy floor lose to all that
 * keep it.
 */
async function defenderJudge(view: DefenderView, { selection }: BaeraserParams): Promise<UnlearningJudge> {
  const { network, weights } = view.victim
  const victimAccuracy = shareEqual(await predictClasses(network, weights, view.validation), view.validation.labels)
  let doneInARow = 0
  return async ({ recoveredSuccess, validationAccuracy, epoch }) => {
    const lost = Math.max(0, victimAccuracy - validationAccuracy)
    const cost = recoveredSuccess + lost
    doneInARow = epoch > 0 && cost <= selection.stopBelow ? doneInARow + 1 : 0
    return { stop: doneInARow >= selection.patience, cost: lost > selection.accuracyFloor ? 2 + lost : cost }
  }
}

/** What the published code does: look at the true trigger's success on the very images that are reported. */
function oracleJudge({ measureAttackSuccess }: AttackerKnowledge): UnlearningJudge {
  return async ({ weights }) => {
    const attackSuccess = await measureAttackSuccess(weights)
    return { stop: attackSuccess < ORACLE_STOP_BELOW, cost: attackSuccess }
  }
}
