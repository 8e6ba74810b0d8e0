import type { TensorMap } from '../compute/tensor-map.js'
import type { DefenderView } from '../define.js'
import { predictClasses } from './predict.js'

/** How weights do on the defender's validation images beside the victim. Shares, 0..1. */
export interface AccuracyLoss {
  readonly accuracy: number
  /** How far below the victim's; 0 where it is not below. */
  readonly lost: number
  /**
   * The part of `lost` that is more than one standard error: two hundred images tell two points of accuracy from none
   * only by luck.
   */
  readonly surelyLost: number
}

/** Compares weights with the victim image by image, so that what both get wrong adds no uncertainty. */
export async function accuracyLoss({
  victim,
  validation,
}: DefenderView): Promise<(weights: TensorMap) => Promise<AccuracyLoss>> {
  const before = await predictClasses(victim.network, victim.weights, validation)
  return async (weights) =>
    comparedAnswers(before, await predictClasses(victim.network, weights, validation), validation.labels)
}

export function comparedAnswers(
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  labels: ArrayLike<number>,
): AccuracyLoss {
  const count = labels.length
  if (count === 0) return { accuracy: 0, lost: 0, surelyLost: 0 }
  let right = 0
  let gained = 0
  let spoilt = 0
  for (let i = 0; i < count; i++) {
    const [was, is] = [before[i] === labels[i], after[i] === labels[i]]
    if (is) right += 1
    if (is && !was) gained += 1
    if (was && !is) spoilt += 1
  }
  const difference = (spoilt - gained) / count
  // Of the mean of differences that are 1, 0 or -1.
  const standardError = Math.sqrt(((spoilt + gained) / count - difference ** 2) / count)
  const lost = Math.max(0, difference)
  return { accuracy: right / count, lost, surelyLost: Math.max(0, lost - standardError) }
}
