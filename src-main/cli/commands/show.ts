import { parseOrThrow } from '../../../src-shared/contract/field-errors.js'
import { RunId } from '../../../src-shared/model/ids.js'
import type { ImportedVictim } from '../../../src-shared/model/victim.js'
import { describeEngine } from '../progress-line.js'
import { formatTable, plain, printJson, printResult } from '../output.js'
import { withApp } from '../session.js'
import { formatSummary } from '../summary-table.js'

function victimWords({ model, sha256 }: ImportedVictim): string {
  return `imported as ${model} (${sha256?.slice(0, 12) ?? 'unknown'})`
}

/** Everything that is known of one run. */
export function showCommand(id: string, { workspace, json }: { workspace: string; json: boolean }): Promise<number> {
  return withApp({ workspace, threads: null }, async (client) => {
    const runId = parseOrThrow(RunId, id, ['runId'])
    const { record, folder } = await client.call('run.snapshot', { runId })
    if (json) {
      printJson(record)
      return 0
    }
    printResult(`${plain(record.experiment.name)}\n`)
    printResult(
      formatTable(
        [
          ['Run', record.runId],
          ['Status', record.status],
          ['Created', record.createdAt],
          ['Seed', String(record.experiment.seed)],
          [
            'Victim',
            record.experiment.victim === undefined ? 'trained in the run' : victimWords(record.experiment.victim),
          ],
          ['Engine', record.engine === null ? 'not started' : describeEngine(record.engine)],
        ].map(([name, value]) => [`${name}:`, value!.padEnd(0)]),
      ),
    )
    if (record.error !== null) printResult(`\nFailed: ${plain(record.error.message)}`)
    if (record.summary !== null) printResult(`\n${formatSummary(record, record.summary)}`)
    printResult(`\nFiles in ${folder}:`)
    printResult(
      record.artifacts.map(({ path, title }) => `  ${path.padEnd(28)} ${plain(title)}`).join('\n') || '  none',
    )
    return 0
  })
}
