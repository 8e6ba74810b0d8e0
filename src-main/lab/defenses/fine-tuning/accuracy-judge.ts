import type { DefenderView } from '../../define.js'
import { predictClasses, shareEqual } from '../../evaluation/predict.js'
import type { RunContext } from '../../run-context.js'
import type { Judge } from '../../training/keep-best.js'
import type { TensorMap } from '../../compute/tensor-map.js'

/**
 * Accepts the last epoch whose validation accuracy lies at most `accuracyFloor` (0..1) below that of the victim: clean
 * images alone cannot show whether a backdoor has gone, so the longest treatment that costs little is the best guess.
 * Weights below the floor lose to all that keep it.
 */
export async function accuracyJudge(view: DefenderView, accuracyFloor: number, context: RunContext): Promise<Judge> {
  const { validation, victim } = view
  const accuracyOf = async (weights: TensorMap): Promise<number> =>
    shareEqual(await predictClasses(victim.network, weights, validation), validation.labels)
  const victimAccuracy = await accuracyOf(victim.weights)
  return async (weights, epoch) => {
    const validationAccuracy = await accuracyOf(weights)
    context.metrics({ epoch, origin: 'defender', values: { validationAccuracy } })
    const lost = Math.max(0, victimAccuracy - validationAccuracy)
    return { stop: false, cost: lost > accuracyFloor ? lost : 0 }
  }
}
