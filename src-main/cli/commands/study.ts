import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { isRunEvent, isTerminal } from '../../../src-shared/contract/events.js'
import type { RunId } from '../../../src-shared/model/ids.js'
import type { StudyRequest, StudyState } from '../../../src-shared/model/study.js'
import { STUDY_FORMATS, studyFile } from '../../../src-shared/study/study-files.js'
import { studyRows } from '../../../src-shared/study/study-results.js'
import { ratingTable, studyTables } from '../../../src-shared/study/study-table.js'
import { onEndSignal } from '../../app/end-signals.js'
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
  return withApp(options, async (client, { interrupt }) => {
    if (options.dryRun) return showPlan(client, request, options.json)
    const { plan, outcome, askedToEnd } = await runAll(client, interrupt, request)
    const state = await client.call('study.show', { name: plan.name })
    const files = await writeTables(state)
    if (options.json) printJson({ type: 'study', name: plan.name, outcome, rows: studyRows(plan, state.runs), files })
    else showTables(state, files)
    if (askedToEnd !== null) return askedToEnd
    if (outcome.cancelled > 0) return EXIT_CANCELLED
    return outcome.failed > 0 ? EXIT_FAILED : EXIT_OK
  })
}

async function showPlan(client: AppClient, request: StudyRequest, json: boolean): Promise<number> {
  const { plan, runs } = await client.call('study.plan', request)
  if (json) printJson(plan)
  else {
    printResult(plan.title)
    for (const [index, { dataset, attack, seed, experiment }] of plan.cells.entries()) {
      const defenses = experiment.defenses.map(({ id }) => id).join(', ')
      const before = runs[index]?.status === 'done' ? ' (done before)' : ''
      printResult(
        `  ${dataset}, ${attack ?? 'clean model'}, seed ${seed}: ${experiment.model.id}; ${defenses}${before}`,
      )
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

/** Starts what is missing and waits for the last of it. A signal to end interrupts all that is left, to be resumed. */
async function runAll(client: AppClient, interrupt: () => Promise<void>, request: StudyRequest) {
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
  let askedToEnd: number | null = null
  const stopWaiting = onEndSignal((exitCode) => {
    askedToEnd = exitCode
    say('\nEnding; once more to end at once.')
    interrupt().then(ended.resolve, ended.reject)
  })
  try {
    const { plan, started, done } = await client.call('study.start', request)
    names = new Map((await client.call('run.list', {})).runs.map(({ runId, name }) => [runId, plain(name)]))
    for (const runId of started) left.add(runId)
    total = started.length
    say(`${plan.title}: ${started.length} runs to do, ${done} done before`)
    if (started.length > 0) await ended.promise
    return { plan, outcome: outcome as Outcome, askedToEnd: askedToEnd as number | null }
  } finally {
    stopWaiting()
    stopListening()
    progress.end()
  }
}

/** The tables as Markdown, LaTeX, CSV and a page, in the folder of the study. Returns their paths. */
async function writeTables(state: StudyState): Promise<string[]> {
  await mkdir(state.folder, { recursive: true })
  return Promise.all(
    STUDY_FORMATS.map(async (format) => {
      const path = join(state.folder, `table.${format}`)
      await writeFile(path, studyFile(state, format))
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
