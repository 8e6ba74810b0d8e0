import type { PluginChoice } from './experiment.js'

/**
 * What triggered images are to be taken for: one class, for each class another one (all2all), or nothing where there is
 * no attack.
 */
export type AttackTarget = number | 'each-its-own' | null

export function attackTarget(attack: PluginChoice | null): AttackTarget {
  if (attack === null) return null
  if (attack.params['labels'] === 'all2all') return 'each-its-own'
  const target = attack.params['targetClass']
  return typeof target === 'number' ? target : null
}
