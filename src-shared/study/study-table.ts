import { mean, type MeanInterval } from '../util/statistics.js'
import type { TextTable } from '../util/table-text.js'
import type { StudyRow } from './study-results.js'

export interface DatasetTable {
  readonly dataset: string
  readonly table: TextTable
}

const COLUMNS = [
  'Attack',
  'Defense',
  'Clean accuracy',
  'Attack success',
  'Robust accuracy',
  'Base rate',
  'DER',
  'Seeds',
] as const

/** One table per dataset: percentages as mean ± standard deviation over the seeds, one decimal. */
export function studyTables(rows: readonly StudyRow[]): DatasetTable[] {
  return [...Map.groupBy(rows, ({ dataset }) => dataset)].map(([dataset, ofDataset]) => ({
    dataset,
    table: {
      columns: COLUMNS,
      rows: ofDataset.map(({ attack, defense, isOracle, figures, done, planned }) => [
        attack ?? 'none (clean model)',
        defense === null ? 'none (victim)' : defenseWords(defense, isOracle),
        percentages(figures.cleanAccuracy),
        percentages(figures.attackSuccessRate),
        percentages(figures.robustAccuracy),
        percentages(figures.baseRate),
        percentages(figures.effectiveness),
        done === planned ? String(done) : `${done} of ${planned}`,
      ]),
    },
  }))
}

function defenseWords(defense: string, isOracle: boolean): string {
  return isOracle ? `${defense} (oracle)` : defense
}

function percentages(interval: MeanInterval | null): string {
  if (interval === null) return '–'
  const centre = (100 * interval.mean).toFixed(1)
  return interval.sd === null ? centre : `${centre} ± ${(100 * interval.sd).toFixed(1)}`
}

/** The mean rating of each defense over all attacks, datasets and seeds that are done, best first. */
export function ratingTable(rows: readonly StudyRow[]): TextTable {
  const rated = rows.flatMap(({ defense, isOracle, figures }) =>
    defense === null || figures.effectiveness === null
      ? []
      : [{ defense: defenseWords(defense, isOracle), rating: figures.effectiveness.mean }],
  )
  const means = [...Map.groupBy(rated, ({ defense }) => defense)].map(([defense, of]) => ({
    defense,
    rating: mean(of.map(({ rating }) => rating)),
    cells: of.length,
  }))
  return {
    columns: ['Defense', 'Mean DER', 'Attack and dataset pairs'],
    rows: means
      .toSorted((a, b) => b.rating - a.rating)
      .map(({ defense, rating, cells }) => [defense, (100 * rating).toFixed(1), String(cells)]),
  }
}
