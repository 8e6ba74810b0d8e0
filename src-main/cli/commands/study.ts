import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { isRunEvent, isTerminal } from '../../../src-shared/contract/events.js'
import type { RunId } from '../../../src-shared/model/ids.js'
import type { StudyRequest, StudyState } from '../../../src-shared/model/study.js'
import { studyCsv } from '../../../src-shared/study/study-csv.js'
import { studyPage } from '../../../src-shared/study/study-page.js'
import { studyRows } from '../../../src-shared/study/study-results.js'
import { ratingTable, studyTables } from '../../../src-shared/study/study-table.js'
import { tableText } from '../../../src-shared/util/table-text.js'
import { duration, formatTable, plain, printJson, printResult, say } from '../output.js'
import { createProgressLine } from '../progress-line.js'
import { withApp, type AppClient } from '../session.js'
import { EXIT_CANCELLED, EXIT_FAILED, EXIT_OK } from './run.js'

export interface StudyOptions {
  readonly workspace: string
  readonly threads: number | null
  /** Only say what would be run. */
  readonly dryRun: boolean
  readonly json: boolean
}

/** Runs what is missing of a study, then writes and shows its tables. Interrupted, it goes on where it stopped. */
export function studyCommand(request: StudyRequest, options: StudyOptions): Promise<number> {
  return withApp(options, async (client) => {
    if (options.dryRun) return showPlan(client, request, options.json)
    const { plan, outcome } = await runAll(client, request)
    const state = await client.call('study.show', { name: plan.name })
    const files = await writeTables(state)
    if (options.json) printJson({ type: 'study', name: plan.name, outcome, rows: studyRows(plan, state.runs), files })
    else showTables(state, files)
    if (outcome.cancelled > 0) return EXIT_CANCELLED
    return outcome.failed > 0 ? EXIT_FAILED : EXIT_OK
  })
}

async function showPlan(client: AppClient, request: StudyRequest, json: boolean): Promise<number> {
  const plan = await client.call('study.plan', request)
  if (json) printJson(plan)
  else {
    printResult(plan.title)
    for (const { dataset, attack, seed, experiment } of plan.cells) {
      const defenses = experiment.defenses.map(({ id }) => id).join(', ')
      printResult(`  ${dataset}, ${attack ?? 'clean model'}, seed ${seed}: ${experiment.model.id}; ${defenses}`)
    }
    for (const sentence of plan.protocol) printResult(sentence)
  }
  return EXIT_OK
}

interface Outcome {
  readonly finished: number
  readonly failed: number
  readonly cancelled: number
}

/** Starts what is missing and waits for the last of it. Interrupt cancels everything that is left. */
async function runAll(client: AppClient, request: StudyRequest) {
  const progress = createProgressLine(process.stderr)
  const outcome = { finished: 0, failed: 0, cancelled: 0 }
  const left = new Set<RunId>()
  const ended = Promise.withResolvers<void>()
  const began = performance.now()
  let total = 0
  let names = new Map<RunId, string>()
  const stopListening = client.onEvent((event) => {
    if (!isRunEvent(event)) return
    if (event.type === 'run.planned') say(`\n${names.get(event.runId) ?? event.runId}`)
    progress.show(event)
    if (!isTerminal(event)) return
    if (event.type === 'run.failed') say(plain(`The run ${event.runId} failed: ${event.error.message}`))
    outcome[event.type === 'run.finished' ? 'finished' : event.type === 'run.failed' ? 'failed' : 'cancelled'] += 1
    left.delete(event.runId)
    const done = total - left.size
    const remaining = ((performance.now() - began) / done) * left.size
    if (left.size > 0) say(`${done} of ${total} runs, about ${duration(remaining)} left`)
    else ended.resolve()
  })
  const onInterrupt = (): void => {
    say('\nCancelling what is left; interrupt again to end at once.')
    process.once('SIGINT', () => process.exit(EXIT_CANCELLED))
    // The waiting ones first, so that none of them starts when the one in progress ends.
    for (const runId of [...left].toReversed()) client.call('run.cancel', { runId }).catch(ended.reject)
  }
  process.once('SIGINT', onInterrupt)
  try {
    const { plan, started, done } = await client.call('study.start', request)
    names = new Map((await client.call('run.list', {})).runs.map(({ runId, name }) => [runId, plain(name)]))
    for (const runId of started) left.add(runId)
    total = started.length
    say(`${plan.title}: ${started.length} runs to do, ${done} done before`)
    if (started.length > 0) await ended.promise
    return { plan, outcome: outcome as Outcome }
  } finally {
    process.off('SIGINT', onInterrupt)
    stopListening()
    progress.end()
  }
}

/** The tables as Markdown, LaTeX, CSV and a page, in the folder of the study. Returns their paths. */
async function writeTables({ plan, runs, folder }: StudyState): Promise<string[]> {
  const rows = studyRows(plan, runs)
  const tables = studyTables(rows)
  const ratings = ratingTable(rows)
  const { title, protocol } = plan
  const markdown = [
    `# ${title}\n`,
    ...tables.map(({ dataset, table }) => `## ${dataset}\n\n${tableText(table, 'markdown')}`),
    `## Defenses by their mean rating\n\n${tableText(ratings, 'markdown')}`,
    `## How it was measured\n\n${protocol.map((sentence) => `- ${sentence}`).join('\n')}\n`,
  ].join('\n')
  const latex = [
    ...protocol.map((sentence) => `% ${sentence}`),
    ...tables.map(({ dataset, table }) => `% ${dataset}\n${tableText(table, 'latex')}`),
  ].join('\n')
  const contents = {
    'table.md': markdown,
    'table.tex': latex,
    'table.csv': studyCsv(rows),
    'table.html': studyPage({ title, protocol, tables, ratings }),
  }
  await mkdir(folder, { recursive: true })
  return Promise.all(
    Object.entries(contents).map(async ([name, content]) => {
      const path = join(folder, name)
      await writeFile(path, content)
      return path
    }),
  )
}

function showTables({ plan, runs }: StudyState, files: readonly string[]): void {
  const rows = studyRows(plan, runs)
  for (const { dataset, table } of studyTables(rows)) {
    printResult(`\n${dataset}, in percent\n${formatTable([table.columns, ...table.rows])}`)
  }
  const ratings = ratingTable(rows)
  printResult(`\nDefenses by their mean rating\n${formatTable([ratings.columns, ...ratings.rows])}\n`)
  for (const sentence of plan.protocol) printResult(sentence)
  printResult(`\nWritten: ${files.map((path) => relative(process.cwd(), path)).join(', ')}`)
}
