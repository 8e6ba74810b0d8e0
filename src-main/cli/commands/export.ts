import { mkdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { AppError } from '../../../src-shared/contract/errors.js'
import { invalidInput, parseOrThrow } from '../../../src-shared/contract/field-errors.js'
import { exportRuns, type ExportedRun, type ExportFormat } from '../../../src-shared/export/export-runs.js'
import { RunId } from '../../../src-shared/model/ids.js'
import { ModelId } from '../../../src-shared/model/inspection.js'
import { writeWhole } from '../../storage/write-whole.js'
import { megabytes, printResult } from '../output.js'
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
    const path = await placeFor(options.out, file.name, options.overwrite)
    await mkdir(dirname(path), { recursive: true })
    await writeWhole(path, file.content)
    const { size } = await stat(path)
    printResult(`${relative(process.cwd(), path) || path}, ${megabytes(size)}`)
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

/** The path of the file: `out` itself, or inside it where that is a folder. Nothing is written over unasked. */
async function placeFor(out: string, name: string, overwrite: boolean): Promise<string> {
  const found = await stat(out).catch(() => null)
  const isFolder = found === null ? /[\\/]$/.test(out) : found.isDirectory()
  const path = isFolder ? join(out, name) : out
  const isThere = isFolder ? (await stat(path).catch(() => null)) !== null : found !== null
  if (!isThere || overwrite) return path
  const message = 'is there already; choose another name, or write over it with --overwrite'
  throw invalidInput([{ path: 'out', value: JSON.stringify(path), message }])
}
