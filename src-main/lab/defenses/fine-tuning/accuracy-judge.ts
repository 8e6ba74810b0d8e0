import type { DefenderView } from '../../define.js'
import { accuracyLoss } from '../../evaluation/accuracy-loss.js'
import type { RunContext } from '../../run-context.js'
import type { Judge } from '../../training/keep-best.js'

/**
 * Accepts the last epoch whose validation accuracy lies, as far as the images tell, at most `accuracyFloor` (0..1) below
 * that of the victim: clean images alone cannot show whether a backdoor has gone, so the longest treatment that costs
 * little is the best guess. Weights below the floor lose to all that keep it.
 */
export async function accuracyJudge(view: DefenderView, accuracyFloor: number, context: RunContext): Promise<Judge> {
  const compare = await accuracyLoss(view)
  return async (weights, epoch) => {
    const { accuracy, lost, surelyLost } = await compare(weights)
    context.metrics({ epoch, origin: 'defender', values: { validationAccuracy: accuracy } })
    return { stop: false, cost: surelyLost > accuracyFloor ? lost : 0 }
  }
}
