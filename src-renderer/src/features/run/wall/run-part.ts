export const RUN_PARTS = ['wall', 'figures', 'log'] as const
export type RunPart = (typeof RUN_PARTS)[number]

/** What was asked for; otherwise the wall from the first answer on, because then there is something to watch. */
export function runPart(asked: unknown, hasAnswers: boolean): RunPart {
  return RUN_PARTS.find((part) => part === asked) ?? (hasAnswers ? 'wall' : 'figures')
}
