import { csvText } from '../util/csv.js'
import type { StudyFigures, StudyRow } from './study-results.js'

const FIGURES: readonly (keyof StudyFigures)[] = [
  'cleanAccuracy',
  'attackSuccessRate',
  'robustAccuracy',
  'baseRate',
  'effectiveness',
]

/** Every figure in full (rates 0..1): mean and sample standard deviation over the seeds. */
export function studyCsv(rows: readonly StudyRow[]): string {
  return csvText([
    ['dataset', 'attack', 'defense', 'knowledge', 'seeds', ...FIGURES.flatMap((name) => [name, `${name}Deviation`])],
    ...rows.map(({ dataset, attack, defense, isOracle, figures, done }) => [
      dataset,
      attack,
      defense,
      defense === null ? null : isOracle ? 'oracle' : 'defender',
      done,
      ...FIGURES.flatMap((name) => [figures[name]?.mean ?? null, figures[name]?.sd ?? null]),
    ]),
  ])
}
