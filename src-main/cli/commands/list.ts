import type { PluginKind, PluginManifest } from '../../../src-shared/model/plugin-manifest.js'
import type { RunListing } from '../../../src-shared/model/run-record.js'
import { parseRunQuery } from '../../../src-shared/runs/run-query.js'
import type { Sorting } from '../../../src-shared/runs/run-row.js'
import { percent, plain, printJson, printResult, say } from '../output.js'
import { withApp, type AppClient } from '../session.js'

export const listables = [
  'attacks',
  'defenses',
  'models',
  'datasets',
  'explainers',
  'detectors',
  'presets',
  'runs',
] as const
export type Listable = (typeof listables)[number]

const kinds: Partial<Record<Listable, PluginKind>> = {
  attacks: 'attack',
  defenses: 'defense',
  models: 'model',
  datasets: 'dataset',
  explainers: 'explainer',
  detectors: 'detector',
}

export interface ListOptions {
  readonly workspace: string
  readonly json: boolean
  /** Of the runs; null takes all of them. */
  readonly filter: string | null
  /** Null: newest first. */
  readonly sort: Sorting | null
  readonly limit: number | null
}

/** Lists one kind of thing, or all of them. */
export function listCommand(what: Listable | null, options: ListOptions): Promise<number> {
  const { workspace, json } = options
  return withApp({ workspace, threads: null }, async (client) => {
    if (what === 'runs') {
      const runs = await listRuns(client, options)
      if (json) printJson(runs)
      return 0
    }
    const catalogue = await client.call('catalogue.list', {})
    const wanted = what === null ? listables : [what]
    const found: Record<string, unknown> = {}
    for (const listable of wanted) {
      const kind = kinds[listable]
      if (kind !== undefined) {
        const plugins = catalogue.plugins.filter((plugin) => plugin.kind === kind)
        found[listable] = plugins
        if (!json) printSection(listable, plugins.map(pluginRow))
      } else if (listable === 'presets') {
        found[listable] = catalogue.experiments
        if (!json)
          printSection(
            listable,
            catalogue.experiments.map(({ id, summary }) => [id, summary]),
          )
      } else {
        found[listable] = await listRuns(client, options)
      }
    }
    if (json) printJson(what === null ? found : found[what])
    return 0
  })

  function pluginRow({ id, summary, presets }: PluginManifest): string[] {
    const names = presets.map((preset) => (preset.oracle ? `${preset.id} (oracle)` : preset.id))
    return [id, names.length === 0 ? summary : `${summary} Presets: ${names.join(', ')}.`]
  }
}

/** Needs no engine. */
async function listRuns(client: AppClient, { json, filter, sort, limit }: ListOptions): Promise<RunListing[]> {
  for (const problem of parseRunQuery(filter ?? '').problems) say(problem)
  const { runs, total, unreadable, newer } = await client.call('run.list', { filter, sort, limit })
  if (!json) printSection('runs', runs.map(runRow))
  if (runs.length < total) say(`${runs.length} of ${total} runs.`)
  if (unreadable.length > 0) say(`Not readable as runs: ${unreadable.map(plain).join(', ')}`)
  if (newer.length > 0) say(`From a newer version of the program, and left alone: ${newer.map(plain).join(', ')}`)
  return runs
}

function runRow({ runId, status, name, summary, annotations }: RunListing): string[] {
  const success =
    summary === null
      ? ''
      : `attack success ${[summary.before, ...summary.defenses.map(({ after }) => after)]
          .map((scores) => percent(scores.attackSuccessRate))
          .join(' -> ')}`
  return [runId, status, plain(name), success, annotations === null ? 'tags not readable' : annotations.tags.join(' ')]
}

function printSection(title: string, rows: string[][]): void {
  const body = rows.length === 0 ? '  none' : leftTable(rows)
  printResult(`${title[0]!.toUpperCase()}${title.slice(1)}\n${body}\n`)
}

function leftTable(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map(
      (row) =>
        `  ${row
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}`,
    )
    .join('\n')
}
