import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { RunEvent } from '../../src-shared/contract/events.js'
import type { ExportedRun } from '../../src-shared/export/export-runs.js'
import { RunRecord } from '../../src-shared/model/run-record.js'

const folder = join(import.meta.dirname, '..', 'fixtures', 'workspaces', 'v1', 'runs')

/** The run that an earlier version has left, as it is exported. */
export async function storedRun(): Promise<ExportedRun> {
  const [runId] = await readdir(folder)
  const read = (path: string) => readFile(join(folder, runId!, path))
  const record = RunRecord.parse(JSON.parse(String(await read('run.json'))))
  const lines = String(await read('events.jsonl'))
    .trimEnd()
    .split('\n')
  return { record, events: lines.map((line) => RunEvent.parse(JSON.parse(line))), read }
}
