import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../src-shared/contract/errors.js'
import { parseOrThrow } from '../../../src-shared/contract/field-errors.js'
import { exportRuns, type ExportedRun, type ExportFormat } from '../../../src-shared/export/export-runs.js'
import { RunId } from '../../../src-shared/model/ids.js'
import { ModelId } from '../../../src-shared/model/inspection.js'
import { keepFile } from '../keep-file.js'
import { withApp, type AppClient } from '../session.js'

export interface ExportCommandOptions {
  readonly workspace: string
  readonly format: ExportFormat
  readonly out: string
  readonly model: string
  readonly samples: readonly number[] | null
  readonly explainer: string | null
  readonly baseline: string | null
  readonly overwrite: boolean
}

/** Writes runs as a file for others. Returns the exit code. */
export function exportCommand(names: readonly string[], options: ExportCommandOptions): Promise<number> {
  return withApp({ workspace: options.workspace, threads: null }, async (client) => {
    const [first, ...others] = names.map((name, index) => parseOrThrow(RunId, name, ['runIds', index]))
    const model = parseOrThrow(ModelId, options.model, ['model'])
    const baseline = options.baseline === null ? null : parseOrThrow(RunId, options.baseline, ['baseline'])
    // Commander asks for one at least.
    const runs: [ExportedRun, ...ExportedRun[]] = [await openRun(client, first!)]
    for (const runId of others) runs.push(await openRun(client, runId))
    const { format, samples, explainer } = options
    const file = await exportRuns(client, runs, format, { model, samples, explainer, baseline })
    await keepFile(options, file)
    return 0
  })
}

async function openRun(client: AppClient, runId: RunId): Promise<ExportedRun> {
  const { record, folder, events } = await client.call('run.snapshot', { runId })
  return {
    record,
    events,
    read(path) {
      return readFile(join(folder, path)).catch((cause: unknown) => {
        const message = `${path} of run ${runId} cannot be read: ${(cause as Error).message}`
        throw new AppError(
          { code: 'not-found', message, hint: 'The command "verify" looks through all files.' },
          { cause },
        )
      })
    },
  }
}
