import { attackTarget, type AttackTarget } from '../../src-shared/model/attack-target.js'
import type { Scores } from '../../src-shared/model/metrics.js'
import { outcomeSentences } from '../../src-shared/model/outcome-sentences.js'
import type { DefenseSummary, RunRecord, RunSummary } from '../../src-shared/model/run-record.js'
import { duration, formatTable, percent } from './output.js'

const rows: readonly { readonly key: keyof Scores; readonly title: string }[] = [
  { key: 'cleanAccuracy', title: 'Clean accuracy' },
  { key: 'attackSuccessRate', title: 'Attack success rate' },
  { key: 'robustAccuracy', title: 'Robust accuracy' },
  { key: 'baseRate', title: 'Base rate' },
]

/** What a run came to: one table per defense, or the victim's figures alone. */
export function formatSummary(record: RunRecord, summary: RunSummary): string {
  const tables =
    summary.defenses.length === 0
      ? [formatTable([['', 'victim'], ...rows.map(({ key, title }) => [title, percent(summary.before[key])])])]
      : summary.defenses.map((defense, index) => formatDefense(record, summary, defense, index))
  const measured = `Measured on ${summary.testImages} test images that no defense has seen`
  const triggered = summary.triggeredImages > 0 ? `, ${summary.triggeredImages} of them with the trigger` : ''
  const times = `${duration(summary.seconds.total * 1000)} in all, at most ${summary.peakMemoryMb.toFixed(0)} MB.`
  return [...tables, `${measured}${triggered}. ${times}`].join('\n\n')
}

function formatDefense(record: RunRecord, summary: RunSummary, defense: DefenseSummary, index: number): string {
  const { before } = summary
  const { after } = defense
  const table = formatTable([
    ['', 'before', 'after', 'change'],
    ...rows.map(({ key, title }) => [
      title,
      percent(before[key]),
      percent(after[key]),
      points(before[key], after[key]),
    ]),
  ])
  return [`${headline(record, defense, index)}\n${findings(record, defense).join('\n')}`, table].join('\n\n')
}

function headline({ experiment }: RunRecord, { id, preset, knowledge }: DefenseSummary, index: number): string {
  const number = experiment.defenses.length > 1 ? `Defense ${index + 1}: ` : ''
  const oracle = knowledge === 'oracle' ? ' (oracle: used what only the attacker knows)' : ''
  return `${number}${id}${preset === null ? '' : `, preset ${preset}`}${oracle}`
}

function findings({ experiment }: RunRecord, defense: DefenseSummary): string[] {
  const { detection } = defense
  const detected = detection === null ? [] : [describeDetection(detection, attackTarget(experiment.attack))]
  return [...detected, ...outcomeSentences(defense)]
}

function describeDetection(detection: NonNullable<DefenseSummary['detection']>, trueTarget: AttackTarget): string {
  const best = detection.classes.reduce((a, b) => (b.recoveredSuccess > a.recoveredSuccess ? b : a))
  if (detection.target === null) {
    const nothing =
      detection.maskNorms === undefined
        ? `No backdoor found: recovered triggers succeed at most in ${percent(best.recoveredSuccess)} (class ${best.name}).`
        : 'No backdoor found: no class needs a mask that is much smaller than those of the others.'
    return trueTarget === 'each-its-own' ? `${nothing} There is one, with a target for each class.` : nothing
  }
  const found = detection.classes.find((entry) => entry.class === detection.target)
  const verdict = `Target class found: ${found?.name ?? '?'}${verdictOn(detection.target, trueTarget)}.`
  // Of triggers that are as small as they can be, those for any class succeed.
  if (detection.maskNorms !== undefined) return verdict
  const others = detection.classes.filter((entry) => entry.class !== detection.target)
  const next = Math.max(...others.map((entry) => entry.recoveredSuccess))
  return (
    `${verdict} Recovered triggers succeed in ` +
    `${percent(found?.recoveredSuccess ?? null)}, for any other class in at most ${percent(next)}.`
  )
}

function verdictOn(found: number, trueTarget: AttackTarget): string {
  if (trueTarget === null) return ''
  if (trueTarget === 'each-its-own') return ', which is one of several: each class has a target of its own'
  return trueTarget === found ? ', which is right' : `, but the true target is ${trueTarget}`
}

function points(before: number | null, after: number | null): string {
  if (before === null || after === null) return ''
  const change = 100 * (after - before)
  return `${change > 0 ? '+' : ''}${change.toFixed(1)}`
}
