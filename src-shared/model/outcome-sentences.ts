import type { DefenseSummary } from './run-record.js'

/** What a defense did in the end, for people. What it detected is told before that. */
export function outcomeSentences({
  outcome,
  keptEpoch,
  findings,
}: Pick<DefenseSummary, 'outcome' | 'keptEpoch' | 'findings'>): string[] {
  switch (outcome) {
    case 'no-backdoor-found':
      return [...findings, 'The model was left as it was.']
    case 'not-improved':
      return [...findings, 'No weights seen were better than the victim, which was kept.']
    case 'repaired':
      return keptEpoch === null ? findings : [...findings, `The weights ${placeOf(keptEpoch)} were kept.`]
  }
}

function placeOf(keptEpoch: number): string {
  return keptEpoch === 0 ? 'before the first epoch' : `of epoch ${keptEpoch}`
}
