/** Figures of runs for other programs. */
import { comparedGroups, type ComparedRecord } from '../report/comparison-report.js'
import { resultRows, resultsText } from '../comparison/result-rows.js'
import { RESULTS_FORMAT, RESULTS_VERSION, type ResultsFile, type RunResults } from '../model/results-file.js'
import { cardOf } from '../runs/card.js'
import { runState } from '../runs/run-state.js'
import { csvText } from '../util/csv.js'
import { tableText, withoutEmptyColumns } from '../util/table-text.js'

/** Every measured value of every run, one to a line; rates from 0 to 1. */
export function metricsTable(runs: readonly ComparedRecord[]): string {
  return csvText([
    ['run', 'name', 'seed', 'stage', 'kind', 'defense', 'epoch', 'origin', 'metric', 'value'],
    ...runs.flatMap(({ record, events }) => {
      const { runId, experiment, stages } = record
      return events.flatMap((event) => {
        if (event.type !== 'run.metrics') return []
        const stage = stages[event.stage]
        const defense = stage?.defense ?? null
        return Object.entries(event.values).map(([metric, value]) => [
          runId,
          experiment.name,
          experiment.seed,
          event.stage,
          stage?.kind ?? null,
          defense === null ? null : (experiment.defenses[defense]?.id ?? null),
          event.epoch,
          event.origin,
          metric,
          value,
        ])
      })
    }),
  ])
}

/** All of the same and more as JSON. */
export function resultsJson(runs: readonly ComparedRecord[]): string {
  const file: ResultsFile = { format: RESULTS_FORMAT, version: RESULTS_VERSION, runs: runs.map(resultsOf) }
  return `${JSON.stringify(file, null, 2)}\n`
}

function resultsOf({ record, events }: ComparedRecord): RunResults {
  const { metrics, loss, passes } = runState(record, events)
  return {
    card: cardOf(record, events),
    stages: record.stages,
    summary: record.summary,
    metrics: metrics.map(({ stage, epoch, origin, values, elapsedMs }) => ({
      stage,
      epoch,
      origin,
      values,
      seconds: elapsedMs / 1000,
    })),
    loss: loss.flatMap(({ pass, steps, loss: value, elapsedMs }) => {
      const of = passes[pass]
      if (of === undefined) return []
      return [
        { stage: of.stage, note: of.note, epoch: steps / of.stepsPerEpoch, loss: value, seconds: elapsedMs / 1000 },
      ]
    }),
  }
}

/** The results of runs as a table for a paper; runs that differ in their seed alone as a mean with its interval. */
export function resultsLatex(runs: readonly ComparedRecord[]): string {
  const baseline = runs[0]?.record.runId ?? null
  const groups = comparedGroups(runs, baseline)
  const words = [
    'Figures in percent. Needs the package booktabs.',
    'With several seeds: mean with the 95 % confidence interval (Student t) over n seeds.',
    `Runs: ${runs.map(({ record }) => record.runId).join(', ')}`,
  ]
  const table = withoutEmptyColumns(
    resultsText(resultRows(groups, groups.length > 1 ? baseline : null, { eachSeed: false })),
  )
  return `${words.map((line) => `% ${line}\n`).join('')}${tableText(table, 'latex')}`
}
