import type { Inspection } from '../../../../../src-shared/model/inspection.js'

/** The class that the attacker wants of every image; null without an attack, and where each class has its own. */
export function singleTarget({ attack }: Inspection): number | null {
  const [only, ...others] = new Set(attack?.targets ?? [])
  return only === undefined || others.length > 0 ? null : only
}
