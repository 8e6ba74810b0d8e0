import { attackTarget, type AttackTarget } from '../model/attack-target.js'
import { outcomeSentences } from '../model/outcome-sentences.js'
import type { DefenseSummary } from '../model/run-record.js'
import type { RunState } from './run-state.js'
import { percent } from '../util/format.js'

/** What the attacker wants, where there is one. */
export function trueTarget({ record }: RunState): AttackTarget {
  return attackTarget(record.experiment.attack)
}

/** What a defense came to, in sentences. */
export function findings(defense: DefenseSummary, target: AttackTarget): string[] {
  const { detection } = defense
  const lines: string[] = []
  if (detection !== null) {
    const best = detection.classes.reduce((a, b) => (b.recoveredSuccess > a.recoveredSuccess ? b : a))
    const found = detection.classes.find((entry) => entry.class === detection.target)
    if (found === undefined) {
      lines.push(
        detection.maskNorms === undefined
          ? `No backdoor found: recovered triggers succeed at most in ${percent(best.recoveredSuccess)}.`
          : 'No backdoor found: no class needs a mask that is much smaller than those of the others.',
      )
      if (target === 'each-its-own') lines.push('There is one with a target for each class, so it was missed.')
      else if (target !== null) lines.push('There is one, so it was missed.')
    } else if (target === 'each-its-own') {
      lines.push(`Target class found: ${found.name}, which is one of several: each class has a target of its own.`)
    } else {
      const verdict = target === null ? 'there is none' : target === found.class ? 'which is right' : 'which is wrong'
      lines.push(`Target class found: ${found.name}, ${verdict}.`)
    }
  }
  return [...lines, ...outcomeSentences(defense)]
}
