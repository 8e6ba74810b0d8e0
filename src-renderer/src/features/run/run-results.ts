import { attackTarget, type AttackTarget } from '../../../../src-shared/model/attack-target.js'
import type { Scores } from '../../../../src-shared/model/metrics.js'
import { outcomeSentences } from '../../../../src-shared/model/outcome-sentences.js'
import type { DefenseSummary } from '../../../../src-shared/model/run-record.js'
import type { RunState } from '../../stores/run-state.js'
import { percent } from '../../ui/format.js'

export interface DefenseResult {
  readonly title: string
  readonly isOracle: boolean
  readonly before: Partial<Scores> | null
  readonly after: Partial<Scores> | null
  /** Null until the run is over. */
  readonly summary: DefenseSummary | null
}

/** Figures as soon as they are measured: the summary comes only at the end of the run. */
export function defenseResults(state: RunState): DefenseResult[] {
  const { summary, experiment } = state.record
  const before = summary?.before ?? resultOf(state, null)
  return experiment.defenses.map(({ id, preset }, index) => {
    const found = summary?.defenses[index] ?? null
    const prefix = state.record.stages.find((stage) => stage.defense === index)?.title.split(':')[0] ?? id
    return {
      title: `${prefix}${preset === undefined ? '' : `, preset ${preset}`}`,
      isOracle: found?.knowledge === 'oracle' || preset === 'oracle',
      before,
      after: found?.after ?? resultOf(state, index),
      summary: found,
    }
  })
}

/** The victim's figures, null while they are not known. */
export function victimScores(state: RunState): Partial<Scores> | null {
  return state.record.summary?.before ?? resultOf(state, null)
}

function resultOf({ record, metrics }: RunState, defense: number | null): Partial<Scores> | null {
  const stage = record.stages.findIndex((each) => each.kind === 'evaluate' && each.defense === defense)
  return metrics.findLast((point) => point.stage === stage && point.epoch === null)?.values ?? null
}

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
      lines.push(`No backdoor found: recovered triggers succeed at most in ${percent(best.recoveredSuccess)}.`)
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
