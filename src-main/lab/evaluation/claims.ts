import type { Scores } from '../../../src-shared/model/metrics.js'
import type { CompleteVictim } from '../../../src-shared/model/victim.js'
import type { RunContext } from '../run-context.js'

/** Share by which a measured figure may differ from a claimed one: another dealing of the test images does so much. */
const TOLERANCE = 0.01
/** Clean accuracy below so many times that of guessing. */
const TIMES_GUESSING = 2

/** Sets what was measured of an imported victim beside what its file claims, and says where that does not fit. */
export function compareWithClaims(
  { note }: Pick<RunContext, 'note'>,
  { claims, classes }: CompleteVictim,
  measured: Scores,
): void {
  if (measured.cleanAccuracy < TIMES_GUESSING / classes) {
    note(
      'warning',
      `The imported victim is right in ${percent(measured.cleanAccuracy)} of the clean images, hardly more than guessing: ` +
        'its normalisation, or the order of the classes, may be another one.',
    )
  }
  if (claims === null) return
  const figures = (
    [
      ['clean accuracy', claims.cleanAccuracy, measured.cleanAccuracy],
      ['attack success', claims.attackSuccessRate, measured.attackSuccessRate],
      ['robust accuracy', claims.robustAccuracy, measured.robustAccuracy],
    ] as const
  ).flatMap(([name, claimed, found]) => (claimed === null ? [] : [{ name, claimed, found }]))
  if (figures.length === 0) return
  const differs = figures.some(({ claimed, found }) => found !== null && Math.abs(found - claimed) > TOLERANCE)
  const words = figures.map(
    ({ name, claimed, found }) =>
      `${name} ${percent(claimed)}, here ${found === null ? 'not measured, for the trigger is not known' : percent(found)}`,
  )
  note(differs ? 'warning' : 'info', `What the file claims (${claims.from}) and what is measured: ${words.join('; ')}.`)
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
