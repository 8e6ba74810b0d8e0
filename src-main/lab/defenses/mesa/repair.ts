import { createOptimizer } from '../../compute/optimizers.js'
import { cloneTensors, type TensorMap } from '../../compute/tensor-map.js'
import type { DefenderView } from '../../define.js'
import { accuracyLoss } from '../../evaluation/accuracy-loss.js'
import type { RunContext } from '../../run-context.js'
import { classifierState, classifierStep } from '../../training/classifier-step.js'
import { keepBest, type KeptWeights, type Memory } from '../../training/keep-best.js'
import { repairMetrics, type FigureJudge, type RepairFigures } from '../../trigger-recovery/found-triggers.js'
import type { RecoveredTriggers } from '../../trigger-recovery/recover.js'
import { measureRecoveredSuccess } from '../../trigger-recovery/recovered-success.js'
import { defenderAugmentation, passesOver } from '../fine-tuning/fine-tune.js'
import type { RepairParams } from './params.js'
import { triggerAugmentation } from './trigger-augmentation.js'

/** Draws of patches and places per validation image and generator. */
const VALIDATION_ROUNDS = 2

/** Trains on with recovered triggers under true labels; the generators take turns, one an epoch. */
export async function repair(
  view: DefenderView,
  ensemble: readonly RecoveredTriggers[],
  options: RepairParams,
  judge: FigureJudge,
  context: RunContext,
): Promise<KeptWeights> {
  const { network, weights: victim } = view.victim
  const random = view.random.within('repair')
  const validationDraws = random.stream('validation')
  const compare = await accuracyLoss(view)
  const memory: Memory = Object.assign(judge.memory, { present: 0 })
  const augmentation = triggerAugmentation(
    defenderAugmentation(view, options, random),
    () => ensemble[memory['present'] ?? 0]!,
    options.triggeredShare,
    random.stream('draws'),
  )

  const look = async (weights: TensorMap): Promise<RepairFigures> => {
    const { validation } = view
    let success = 0
    for (const each of ensemble) {
      success += await measureRecoveredSuccess(network, weights, each, validation, validationDraws, VALIDATION_ROUNDS)
    }
    return {
      recoveredSuccess: success / ensemble.length,
      ...(await compare(weights)),
    }
  }

  const optimizer = createOptimizer(options)
  return keepBest(
    {
      ...passesOver(view, options, augmentation, random),
      state: classifierState(network, cloneTensors(victim), optimizer),
      step: classifierStep(network, optimizer, { augmentation }),
      async judge(weights, epoch) {
        memory['present'] = epoch % ensemble.length
        const figures = await look(weights)
        context.metrics({ epoch, origin: 'defender', values: repairMetrics(figures) })
        return judge(figures, epoch)
      },
      memory,
    },
    context,
  )
}
