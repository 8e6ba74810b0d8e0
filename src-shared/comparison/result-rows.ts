import type { RunId } from '../model/ids.js'
import type { Scores } from '../model/metrics.js'
import { newestPerSeed } from '../util/repetitions.js'
import { meanInterval, type MeanInterval } from '../util/statistics.js'
import type { TextTable } from '../util/table-text.js'
import { defenseResults, victimScores } from '../runs/run-results.js'
import type { ComparedGroup, ReadRun } from './compared.js'

export const scoreKeys = ['cleanAccuracy', 'attackSuccessRate', 'robustAccuracy'] as const
export type ScoreKey = (typeof scoreKeys)[number]
export const scoreTitles: Record<ScoreKey, string> = {
  cleanAccuracy: 'Clean accuracy',
  attackSuccessRate: 'Attack success',
  robustAccuracy: 'Robust accuracy',
}

/** Null while it is not measured, and for a figure that needs an attack where there is none. */
export interface ResultFigures {
  readonly before: MeanInterval | null
  readonly after: MeanInterval | null
  /** After the defense, less the same of the baseline; 0..1. Null for the baseline itself and where one is not known. */
  readonly difference: number | null
}

export interface ResultRow {
  readonly key: string
  readonly group: ComparedGroup
  /** Null: the mean over the seeds of the group. */
  readonly run: ReadRun | null
  /** Of the defense, or that there is none. */
  readonly defense: string
  readonly isOracle: boolean
  readonly isBaseline: boolean
  readonly figures: Readonly<Record<ScoreKey, ResultFigures>>
  /** Finished runs that are in the mean, one for each seed. */
  readonly n: number
  /** What has to be known of these figures, in words. */
  readonly note: string | null
}

type Measured = Readonly<
  Record<ScoreKey, { readonly before: MeanInterval | null; readonly after: MeanInterval | null }>
>
type Row = Omit<ResultRow, 'figures' | 'isBaseline'> & { readonly measured: Measured; readonly position: number }

/** A mean for each experiment with several runs, and the runs where there is one, or where each is wanted. */
export function resultRows(
  groups: readonly ComparedGroup[],
  baseline: RunId | null,
  { eachSeed }: { readonly eachSeed: boolean },
): ResultRow[] {
  const rows = groups.flatMap((group) => rowsOf(group, eachSeed))
  const holdsBaseline = ({ group }: Row): boolean => group.runs.some(({ runId }) => runId === baseline)
  const isBaseline = (row: Row): boolean => (row.run === null ? holdsBaseline(row) : row.run.runId === baseline)
  const ofBaseline = groups.flatMap((group) => rowsOf(group, true)).filter(isBaseline)
  const means = ofBaseline.filter(({ run }) => run === null)
  const own = ofBaseline.filter(({ run }) => run !== null)

  return rows.map((whole) => {
    const { measured, position, ...row } = whole
    // A mean is compared with a mean, where the baseline has one.
    const reference = counterpart(row.run === null && means.length > 0 ? means : own, row.defense, position)
    const isItself = isBaseline(whole)
    const figures = Object.fromEntries(
      scoreKeys.map((key) => [
        key,
        {
          ...measured[key],
          difference: isItself ? null : difference(measured[key].after, reference?.measured[key].after),
        },
      ]),
    ) as Record<ScoreKey, ResultFigures>
    return { ...row, figures, isBaseline: isItself }
  })
}

/** The same defense of the baseline; its first one where it has no such. */
function counterpart(rows: readonly Row[], defense: string, position: number): Row | undefined {
  return (
    rows.find((row) => row.defense === defense && row.position === position) ??
    rows.find((row) => row.defense === defense) ??
    rows[0]
  )
}

function difference(after: MeanInterval | null, reference: MeanInterval | null | undefined): number | null {
  return after === null || reference === null || reference === undefined ? null : after.mean - reference.mean
}

function rowsOf(group: ComparedGroup, eachSeed: boolean): Row[] {
  const isRepeated = group.runs.length > 1
  const { defenses } = group.runs[0].state.record.experiment
  const positions = defenses.length === 0 ? [null] : defenses.map((_, index) => index)
  return positions.flatMap((position) => [
    ...(isRepeated ? [meanRow(group, position)] : []),
    ...(isRepeated && !eachSeed ? [] : group.runs.map((run) => runRow(group, run, position))),
  ])
}

function meanRow(group: ComparedGroup, position: number | null): Row {
  const done = group.runs.filter(({ state }) => state.record.status === 'done')
  const counted = newestPerSeed(done)
  const measured = Object.fromEntries(
    scoreKeys.map((key) => {
      const over = (when: 'before' | 'after'): MeanInterval | null =>
        meanInterval(counted.flatMap((run) => scoresOf(run, position)[when]?.[key] ?? []))
      return [key, { before: over('before'), after: over('after') }]
    }),
  ) as unknown as Measured
  const notes = [
    done.length < group.runs.length
      ? `${done.length} of ${group.runs.length} runs are finished; the others do not count.`
      : null,
    counted.length < done.length ? 'Of several runs with the same seed, the newest counts.' : null,
    counted.length === 1 ? 'One seed, so there is no interval.' : null,
  ].filter((note) => note !== null)
  return {
    ...identity(group, null, position),
    measured,
    n: counted.length,
    note: notes.length === 0 ? null : notes.join(' '),
  }
}

function runRow(group: ComparedGroup, run: ReadRun, position: number | null): Row {
  const { before, after } = scoresOf(run, position)
  const measured = Object.fromEntries(
    scoreKeys.map((key) => [key, { before: single(before?.[key]), after: single(after?.[key]) }]),
  ) as unknown as Measured
  return { ...identity(group, run, position), measured, n: 1, note: stateNote(run) }
}

function identity(group: ComparedGroup, run: ReadRun | null, position: number | null) {
  const result = position === null ? undefined : defenseResults((run ?? group.runs[0]).state)[position]
  return {
    key: `${group.key} ${run?.runId ?? 'mean'} ${position}`,
    group,
    run,
    position: position ?? 0,
    defense: result?.title ?? 'no defense',
    isOracle: result?.isOracle ?? false,
  }
}

function scoresOf(
  { state }: ReadRun,
  position: number | null,
): {
  readonly before: Partial<Scores> | null
  readonly after: Partial<Scores> | null
} {
  if (position === null) return { before: victimScores(state), after: null }
  return defenseResults(state)[position] ?? { before: null, after: null }
}

function single(value: number | null | undefined): MeanInterval | null {
  return value === null || value === undefined ? null : meanInterval([value])
}

/** Why figures are missing or may still change. */
function stateNote({ state }: ReadRun): string | null {
  const { status, error, stages } = state.record
  switch (status) {
    case 'done':
      return null
    case 'queued':
      return 'Waiting for its turn.'
    case 'running':
      return `In progress: ${stages[state.stageIndex ?? 0]?.title ?? 'starting'}.`
    case 'failed':
      return `Failed: ${error?.message ?? 'the reason is not known.'}`
    case 'cancelled':
      return 'Cancelled before its end.'
  }
}

/** Plain figures in percent, for other programs: the unit is in the head of the column. */
export function resultsText(rows: readonly ResultRow[]): TextTable {
  return {
    columns: [
      'Run',
      'Seeds',
      'n',
      'Defense',
      ...scoreKeys.flatMap((key) => [
        `${scoreTitles[key]} before, %`,
        `${scoreTitles[key]} after, %`,
        `${scoreTitles[key]}, difference to the baseline, points`,
      ]),
    ],
    rows: rows.map(({ group, run, defense, isOracle, isBaseline, figures, n }) => [
      `${group.name}${isBaseline ? ' (baseline)' : ''}`,
      run === null
        ? newestPerSeed(group.runs)
            .map(({ seed }) => seed)
            .join(' ')
        : String(run.seed),
      String(n),
      isOracle ? `${defense} (oracle)` : defense,
      ...scoreKeys.flatMap((key) => {
        const { before, after, difference } = figures[key]
        return [figureText(before), figureText(after), difference === null ? '–' : signed(difference)]
      }),
    ]),
  }
}

/** `97.6 ± 0.4`, in percent. */
export function figureText(figure: MeanInterval | null): string {
  if (figure === null) return '–'
  const { mean, halfWidth } = figure
  return halfWidth === null ? (100 * mean).toFixed(1) : `${(100 * mean).toFixed(1)} ± ${(100 * halfWidth).toFixed(1)}`
}

function signed(difference: number): string {
  const text = (100 * difference).toFixed(1)
  return difference > 0 && text !== '0.0' ? `+${text}` : text.replace('-0.0', '0.0')
}
