import type { Scores } from '../model/metrics.js'

/**
 * Defense effectiveness rating (Zhu et al., "Enhancing Fine-Tuning Based Backdoor Defense with Sharpness-Aware
 * Minimization", ICCV 2023): how much attack success a defense removed less what it cost of clean accuracy,
 * (max(0, success before - after) - max(0, accuracy before - after) + 1) / 2. 0..1; 0.5 is a defense that does nothing.
 * Null where there is no attack.
 */
export function effectivenessRating(before: Scores, after: Scores): number | null {
  if (before.attackSuccessRate === null || after.attackSuccessRate === null) return null
  const removed = Math.max(0, before.attackSuccessRate - after.attackSuccessRate)
  const lost = Math.max(0, before.cleanAccuracy - after.cleanAccuracy)
  return (removed - lost + 1) / 2
}
