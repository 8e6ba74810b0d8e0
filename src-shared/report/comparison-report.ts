import { runLooks } from '../chart/run-looks.js'
import { compareChart, compareTable, curveNames, curveStages, curveTitles } from '../comparison/curves.js'
import { groupRuns, readRuns, seedWords, type ComparedGroup } from '../comparison/compared.js'
import { resultRows, resultsText } from '../comparison/result-rows.js'
import { settingRows, settingsText } from '../comparison/settings-rows.js'
import type { RunEvent } from '../contract/events.js'
import type { RunId } from '../model/ids.js'
import type { RunRecord } from '../model/run-record.js'
import { cardOf, cardText } from '../runs/card.js'
import { runState } from '../runs/run-state.js'
import { plural } from '../util/format.js'
import { withoutEmptyColumns, type TextTable } from '../util/table-text.js'
import { tag, text, type Html } from './html.js'
import { reportPage } from './page.js'
import { chart, footer, HALF_CHART, paragraph, section, table } from './parts.js'

export interface ComparedRecord {
  readonly record: RunRecord
  readonly events: readonly RunEvent[]
}

/** The groups of a comparison, as the page has them. */
export function comparedGroups(runs: readonly ComparedRecord[], baseline: RunId | null): ComparedGroup[] {
  const looks = runLooks(runs.map(({ record }) => record.runId))
  const read = runs.map(({ record, events }) => ({
    runId: record.runId,
    look: looks.get(record.runId)!,
    state: runState(record, events),
    error: null,
  }))
  return groupRuns(readRuns(read), baseline)
}

/** Several runs as one page: their results against a baseline, their curves over each other, the settings that differ. */
export function comparisonReport(runs: readonly ComparedRecord[], baseline: RunId | null): string {
  const groups = comparedGroups(runs, baseline)
  const title = `Comparison of ${plural(runs.length, 'run')}`
  return reportPage(title, [
    tag('h1', {}, text(title)),
    tag(
      'p',
      { class: 'dim' },
      text(`${plural(groups.length, 'experiment')}: ${groups.map(({ name }) => name).join('; ')}`),
    ),
    section('Runs', table('The runs that are compared', runsTable(runs))),
    results(groups, baseline),
    curves(groups),
    settings(groups),
    section(
      'How to repeat them',
      paragraph('Save a card as card.json, and run it again.'),
      tag('pre', {}, text('npm run -s cli -- rerun card.json --check')),
      ...runs.map(({ record, events }) =>
        tag(
          'details',
          { class: 'data' },
          tag('summary', {}, text(`Card of ${record.experiment.name}, run ${record.runId}`)),
          tag('pre', {}, text(cardText(cardOf(record, events)))),
        ),
      ),
    ),
    footer(`Made by Unbackdoor from runs ${runs.map(({ record }) => record.runId).join(', ')}.`),
  ])
}

function runsTable(runs: readonly ComparedRecord[]): TextTable {
  return {
    columns: ['Run', 'Name', 'Seed', 'Dataset', 'Model', 'Attack', 'Defenses', 'Status'],
    rows: runs.map(({ record: { runId, status, experiment } }) => [
      runId,
      experiment.name,
      String(experiment.seed),
      experiment.dataset.id,
      experiment.model.id,
      experiment.attack?.id ?? 'none',
      experiment.defenses.map(({ id }) => id).join(', ') || 'none',
      status,
    ]),
  }
}

function results(groups: readonly ComparedGroup[], baseline: RunId | null): Html {
  const isRepeated = groups.some(({ runs }) => runs.length > 1)
  const words =
    'Differences are in percentage points, between the figures after the defense.' +
    (isRepeated ? ' ± is the 95 % confidence interval of the mean over n seeds (Student t); one seed gives none.' : '')
  return section(
    'Results',
    paragraph(words, 'dim'),
    table(
      'Results, in percent',
      withoutEmptyColumns(resultsText(resultRows(groups, baseline, { eachSeed: isRepeated }))),
    ),
  )
}

function curves(groups: readonly ComparedGroup[]): Html {
  const runs = groups.flatMap((group) => group.runs)
  const [stage] = curveStages(runs)
  if (stage === undefined) return section('Curves', paragraph('Nothing was measured epoch by epoch.', 'dim'))
  return section(
    'Curves',
    paragraph(`${stage.title} (${stage.runs} of ${plural(runs.length, 'run')})`, 'dim'),
    tag(
      'div',
      { class: 'charts' },
      ...curveNames(runs, stage.id).map((name) => {
        const input = compareChart(groups, { stageId: stage.id, name, isMean: true })
        return chart(curveTitles[name], input, compareTable(input), HALF_CHART)
      }),
    ),
  )
}

function settings(groups: readonly ComparedGroup[]): Html {
  const rows = settingRows(groups).filter(({ differs }) => differs)
  if (rows.length === 0) return section('Settings that differ', paragraph(groups.map(seedWords).join('; '), 'dim'))
  const { columns, rows: cells } = settingsText(rows, groups)
  // Section and setting as one, since the first cell names the row.
  return section(
    'Settings that differ',
    table('Settings that differ', {
      columns: columns.slice(1),
      rows: cells.map(([part, path, ...values]) => [`${part}: ${path}`, ...values]),
    }),
  )
}
