export type RunPart = 'wall' | 'figures'

/** What was asked for; otherwise the wall from the first answer on, because then there is something to watch. */
export function runPart(asked: unknown, hasAnswers: boolean): RunPart {
  if (asked === 'wall' || asked === 'figures') return asked
  return hasAnswers ? 'wall' : 'figures'
}
