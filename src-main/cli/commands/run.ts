import { relative } from 'node:path'
import { isRunEvent, isTerminal } from '../../../src-shared/contract/events.js'
import type { RunId } from '../../../src-shared/model/ids.js'
import { whyNotResumed, type RunRecord } from '../../../src-shared/model/run-record.js'
import { onEndSignal } from '../../app/end-signals.js'
import { withVictim } from '../imported-victim.js'
import { loadExperiment } from '../load-experiment.js'
import { plain, printJson, printResult, say } from '../output.js'
import { createProgressLine } from '../progress-line.js'
import { withApp, type AppClient } from '../session.js'
import { setValue } from '../set-value.js'
import { formatSummary } from '../summary-table.js'

export interface FollowOptions {
  readonly workspace: string
  readonly threads: number | null
  readonly json: boolean
}

export interface RunOptions extends FollowOptions {
  readonly set: readonly string[]
  /** Name of an imported model. */
  readonly victim: string | null
  readonly seed: number | null
}

export const EXIT_OK = 0
export const EXIT_FAILED = 1
export const EXIT_CANCELLED = 130

/** Runs one experiment to its end. Returns the exit code. */
export function runCommand(source: string, options: RunOptions): Promise<number> {
  return withApp(options, async (client, { interrupt }) => {
    const experiment = await loadExperiment(source, await client.call('catalogue.list', {}))
    if (options.victim !== null) await withVictim(experiment, options.victim, client)
    for (const assignment of options.set) setValue(experiment, assignment)
    if (options.seed !== null) experiment['seed'] = options.seed

    return followToEnd(client, interrupt, options.json, () => client.call('run.start', { experiment }))
  })
}

/** Follows a run that `start` starts, and says how it ended. Returns the exit code. */
export async function followToEnd(
  client: AppClient,
  interrupt: () => Promise<void>,
  json: boolean,
  start: () => Promise<{ runId: RunId }>,
): Promise<number> {
  const { runId, askedToEnd } = await follow(client, interrupt, json, start)
  const { record, folder } = await client.call('run.snapshot', { runId })
  if (json) printJson(resultLine(record))
  else showEnd(record, folder)
  if (record.status === 'done') return EXIT_OK
  return askedToEnd ?? (record.status === 'cancelled' ? EXIT_CANCELLED : EXIT_FAILED)
}

/**
 * Shows or prints every event of the run until its last one. A signal to end interrupts the run, which can be resumed
 * then; a second one ends the program. `askedToEnd` is the exit code of the signal.
 */
async function follow(
  client: AppClient,
  interrupt: () => Promise<void>,
  json: boolean,
  start: () => Promise<{ runId: RunId }>,
): Promise<{ runId: RunId; askedToEnd: number | null }> {
  const progress = createProgressLine(process.stderr)
  const ended = Promise.withResolvers<void>()
  const stopListening = client.onEvent((event) => {
    if (!isRunEvent(event)) return
    if (json) printJson(event)
    progress.show(event)
    if (isTerminal(event)) ended.resolve()
  })
  try {
    const { runId } = await start()
    say(`Run ${runId}`)
    let askedToEnd: number | null = null
    const stopWaiting = onEndSignal((exitCode) => {
      askedToEnd = exitCode
      say('\nEnding; once more to end at once.')
      interrupt().catch(ended.reject)
    })
    await ended.promise
    stopWaiting()
    return { runId, askedToEnd }
  } finally {
    stopListening()
    progress.end()
  }
}

/** The last line with `--json`. `after` is that of the first defense; all of them are in `defenses`. */
function resultLine({ runId, status, summary, error }: RunRecord) {
  return {
    type: 'result',
    runId,
    status,
    before: summary?.before ?? null,
    after: summary?.defenses[0]?.after ?? null,
    defenses: summary?.defenses ?? [],
    seconds: summary?.seconds ?? null,
    peakMemoryMb: summary?.peakMemoryMb ?? null,
    tensorsLeft: summary?.tensorsLeft ?? null,
    error,
  }
}

function showEnd(record: RunRecord, folder: string): void {
  if (record.summary !== null) printResult(`\n${formatSummary(record, record.summary)}`)
  else if (record.error !== null)
    printResult(`\nThe run failed: ${plain(record.error.message)}\n${record.error.hint ?? ''}`)
  else printResult(`\nThe run ended as ${record.status}.`)
  printResult(`\nRun folder: ${relative(process.cwd(), folder) || folder}`)
  printResult(`Look at it again: npm run -s cli -- show ${record.runId}`)
  if (whyNotResumed(record) === null) printResult(`Go on with it: npm run -s cli -- resume ${record.runId}`)
}
