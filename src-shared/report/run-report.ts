import type { RunEvent } from '../contract/events.js'
import { groupRuns, readRuns } from '../comparison/compared.js'
import { settingRows } from '../comparison/settings-rows.js'
import { runLooks } from '../chart/run-looks.js'
import type { Detection, RunRecord, RunSummary } from '../model/run-record.js'
import { cardOf, cardText } from '../runs/card.js'
import { lossChart, lossTable } from '../runs/charts/loss-chart.js'
import { scoreChart, scoreTable } from '../runs/charts/score-chart.js'
import { findings, trueTarget } from '../runs/findings.js'
import { recoveredSheets, trueTrigger } from '../runs/pictures.js'
import { defenseResults, type DefenseResult } from '../runs/run-results.js'
import { engineWords } from '../runs/run-log.js'
import { runState, type RunState } from '../runs/run-state.js'
import { count, duration, percent, plural, points } from '../util/format.js'
import { pngHeader } from '../util/png.js'
import type { TextTable } from '../util/table-text.js'
import type { HeatSection } from './heat.js'
import { joined, made, tag, text, type Html } from './html.js'
import { reportPage } from './page.js'
import { chart, dataUri, facts, footer, paragraph, section, table } from './parts.js'

export interface ReportedRun {
  readonly record: RunRecord
  readonly events: readonly RunEvent[]
  /** Pictures of the run by their paths; those that are not there are left out of the report. */
  readonly pictures: ReadonlyMap<string, Uint8Array>
  /** Why there are no heatmaps, where there are none. */
  readonly heat: HeatSection | { readonly problem: string }
}

/** Sheets of recovered triggers that a report shows: the last ones. */
const SHEETS_SHOWN = 4
/** In the report, of one pixel of a trigger. */
const ENLARGED = 24
const MAX_SIDE = 220

/** Pictures that the report of a run shows, by their paths. */
export function reportPictures({ artifacts }: RunRecord): string[] {
  const trigger = trueTrigger(artifacts)
  return [...(trigger === null ? [] : [trigger.path]), ...lastSheets(artifacts).map(({ path }) => path)]
}

/** A run as one page: what it came to, how it went, what was recovered, and how to repeat it. */
export function runReport(run: ReportedRun): string {
  const { record, events } = run
  const { experiment, summary } = record
  const state = runState(record, events)
  return reportPage(experiment.name, [
    heading(record),
    results(state, summary),
    section(
      'Curves',
      chart('Accuracy and attack success', scoreChart(state, 'epoch'), scoreTable(state)),
      chart('Loss', lossChart(state, 'epoch'), lossTable(state)),
    ),
    triggers(run),
    heat(run.heat),
    section('Settings', settings(state)),
    reproduction(run),
    footer(`Made by Unbackdoor ${record.versions.unbackdoor} from run ${record.runId}.`),
  ])
}

function heading({ experiment, runId, status, startedAt, finishedAt, versions, engine, error }: RunRecord): Html {
  const { dataset, model, attack, victim, defenses } = experiment
  const took =
    startedAt === null || finishedAt === null ? '–' : duration(Date.parse(finishedAt) - Date.parse(startedAt))
  return tag(
    'header',
    {},
    tag('h1', {}, text(experiment.name)),
    tag('p', { class: 'dim' }, text(`Run ${runId}, ${status}, seed ${experiment.seed}`)),
    ...(error === null ? [] : [paragraph(`The run failed: ${error.message}`, 'note')]),
    facts([
      ['Dataset', dataset.id],
      ['Model', model.id],
      ['Attack', attack?.id ?? (victim === undefined ? 'none (clean model)' : 'not known')],
      ['Victim', victim === undefined ? 'trained in the run' : `imported as ${victim.model}`],
      ['Defenses', defenses.map(({ id }) => id).join(', ') || 'none'],
      ['Began', startedAt === null ? 'not started' : utc(startedAt)],
      ['Took', took],
      ['Engine', engine === null ? 'not started' : engineWords(engine)],
      ['Platform', versions.platform],
    ]),
  )
}

/** To the minute, the same wherever the report is made. */
function utc(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`
}

function results(state: RunState, summary: RunSummary | null): Html {
  const measured =
    summary === null
      ? 'The run has not come to its end; these figures are what was measured until then.'
      : `Measured on ${plural(summary.testImages, 'test image')} that no defense has seen` +
        (summary.triggeredImages > 0 ? `, ${count(summary.triggeredImages)} of them with the trigger.` : '.')
  const notTaken =
    summary?.attackTook === false
      ? [
          paragraph(
            'The attack did not take: its success stayed below one half, so there was little to remove.',
            'note',
          ),
        ]
      : []
  const defenses = defenseResults(state)
  const parts =
    defenses.length === 0
      ? [table('Figures of the victim, in percent', victimTable(state))]
      : defenses.flatMap((defense) => defenseParts(defense, state))
  return section('Results', paragraph(measured, 'dim'), ...notTaken, ...parts)
}

const SCORES = [
  ['cleanAccuracy', 'Clean accuracy'],
  ['attackSuccessRate', 'Attack success'],
  ['robustAccuracy', 'Robust accuracy'],
  ['baseRate', 'Base rate'],
] as const

function victimTable({ record }: RunState): TextTable {
  const before = record.summary?.before ?? null
  return {
    columns: ['Figure', 'Victim'],
    rows: SCORES.map(([key, title]) => [title, percent(before?.[key])]),
  }
}

function defenseParts({ title, isOracle, before, after, summary }: DefenseResult, state: RunState): Html[] {
  const figures: TextTable = {
    columns: ['Figure', 'Before', 'After', 'Change, points'],
    rows: SCORES.map(([key, name]) => [
      name,
      percent(before?.[key]),
      percent(after?.[key]),
      points(before?.[key], after?.[key]),
    ]),
  }
  const oracle = isOracle
    ? [made(' '), tag('span', { class: 'oracle' }, text('oracle: it was told what only the attacker knows'))]
    : []
  const sentences = summary === null ? [] : findings(summary, trueTarget(state))
  const detection = summary?.detection ?? null
  return [
    tag('h3', {}, text(title), ...oracle),
    ...sentences.map((sentence) => paragraph(sentence)),
    table(`${title}: figures before and after`, figures),
    ...(detection === null ? [] : [detectionPart(title, detection)]),
  ]
}

function detectionPart(title: string, { classes, target }: Detection): Html {
  const caption = `${title}: success of the triggers that it recovered for each class`
  return tag(
    'details',
    {},
    tag('summary', {}, text('What it found for each class')),
    table(caption, {
      columns: ['Class', 'Success of recovered triggers', 'Base rate', 'Judged'],
      rows: classes.map((entry) => [
        entry.name,
        percent(entry.recoveredSuccess),
        percent(entry.baseRate),
        entry.class === target ? 'target' : '',
      ]),
    }),
  )
}

function lastSheets(artifacts: RunRecord['artifacts']) {
  return recoveredSheets(artifacts).flatMap(({ folder, sheets }) =>
    sheets
      .slice(-SHEETS_SHOWN)
      .map(({ path, label }) => ({ path, label: folder === '' ? label : `${folder}, ${label}` })),
  )
}

function triggers({ record, pictures }: ReportedRun): Html {
  const trigger = trueTrigger(record.artifacts)
  const shown = [
    ...(trigger === null ? [] : [{ path: trigger.path, label: 'True trigger', isOracle: true }]),
    ...lastSheets(record.artifacts).map(({ path, label }) => ({
      path,
      label: `Recovered, ${label}`,
      isOracle: false,
    })),
  ].flatMap(({ path, label, isOracle }) => {
    const png = pictures.get(path)
    const header = png === undefined ? null : pngHeader(png)
    if (png === undefined || header === null) return []
    const scale = Math.max(1, Math.min(ENLARGED, Math.floor(MAX_SIDE / Math.max(header.width, header.height))))
    const picture = tag('img', {
      class: 'pixels',
      src: dataUri(png),
      alt: label,
      width: header.width * scale,
      height: header.height * scale,
    })
    const oracle = isOracle ? [made(' '), tag('span', { class: 'oracle' }, text('oracle'))] : []
    return [tag('figure', {}, picture, tag('figcaption', {}, text(label), ...oracle))]
  })
  if (shown.length === 0) return made('')
  return section(
    'Triggers',
    paragraph('What the attacker painted, and what the defense recovered without being told.', 'dim'),
    tag('div', { class: 'pictures' }, ...shown),
  )
}

function heat(of: ReportedRun['heat']): Html {
  if ('problem' in of) return section('Heatmaps', paragraph(`They are left out: ${of.problem}`, 'dim'))
  if (of.samples.length === 0) return made('')
  const samples = of.samples.map(({ title, pictures }) =>
    joined([
      tag('h3', {}, text(title)),
      tag(
        'div',
        { class: 'samples' },
        ...pictures.map(({ caption, png, width, height, region }) => {
          const image = tag('image', { href: dataUri(png), width, height })
          const outline =
            region === null
              ? []
              : [
                  tag('rect', {
                    class: 'region',
                    x: region.left,
                    y: region.top,
                    width: region.width,
                    height: region.height,
                  }),
                ]
          const attributes = { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': caption }
          return tag('figure', {}, tag('svg', attributes, image, ...outline), tag('figcaption', {}, text(caption)))
        }),
      ),
    ]),
  )
  const about = `What each answer looks at, by ${of.method}: the more heat, the more the pixel speaks for the answer. The trigger is outlined.`
  return section('Heatmaps', paragraph(about, 'dim'), ...samples)
}

function settings(state: RunState): Html {
  const { runId } = state.record
  const look = runLooks([runId]).get(runId)!
  const groups = groupRuns(readRuns([{ runId, look, state, error: null }]), runId)
  return table('Settings of the experiment, complete', {
    columns: ['Setting', 'Value'],
    rows: settingRows(groups).map(({ section: part, path, values }) => [`${part}: ${path}`, values[0] ?? '–']),
  })
}

function reproduction({ record, events }: ReportedRun): Html {
  const card = cardOf(record, events)
  const bits =
    record.engine?.threads === 1
      ? 'It ran on one thread: with the same versions on the same machine the repetition is equal to the last bit.'
      : 'It ran on several threads, whose sums come in any order: a repetition is equal within a few points.'
  return section(
    'How to repeat it',
    paragraph(`Save the card below as card.json, and run it again. ${bits}`),
    tag('pre', {}, text('npm run -s cli -- rerun card.json --check')),
    tag(
      'details',
      { class: 'data' },
      tag('summary', {}, text('Reproducibility card')),
      tag('pre', {}, text(cardText(card))),
    ),
  )
}
