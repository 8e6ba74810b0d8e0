/** A workspace whose store is used as the application uses it, without an engine. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeRun } from '../../scripts/make-runs.mjs'
import type { RunHosts } from '../../src-main/app/run-hosts.js'
import { createRunStore, parseRecord, type RunStore } from '../../src-main/app/run-store.js'
import { verifyWorkspace } from '../../src-main/app/verify/verify-workspace.js'
import { RunEvent } from '../../src-shared/contract/events.js'
import { RunRecord } from '../../src-shared/model/run-record.js'

/** Nobody is asked who has a run: the faults are those of the disk. */
export const anyHost: RunHosts = {
  claim: async () => {},
  release: async () => {},
  isLost: async () => false,
  close: () => {},
}

const made = makeRun(1)
export const doneRecord = RunRecord.parse(made.record)
export const { runId } = doneRecord
export const queuedRecord: RunRecord = { ...doneRecord, status: 'queued', summary: null, finishedAt: null, stages: [] }
export const events: readonly RunEvent[] = made.events.map((event) => RunEvent.parse(event))

export function openStore(workspace: string): RunStore {
  return createRunStore(workspace, anyHost, () => {})
}

export async function withWorkspace<T>(work: (workspace: string) => Promise<T>): Promise<T> {
  const workspace = await mkdtemp(join(tmpdir(), 'faults-'))
  try {
    return await work(workspace)
  } finally {
    await rm(workspace, { recursive: true, maxRetries: 10 })
  }
}

/** The status that stands in the record, null where there is none. Throws where it cannot be read. */
export async function statusOnDisk(workspace: string): Promise<RunRecord['status'] | null> {
  const path = join(workspace, 'runs', runId, 'run.json')
  const text = await readFile(path, 'utf8').catch(() => null)
  return text === null ? null : parseRecord(path, text).status
}

/** What is wrong with a workspace apart from a run that was interrupted and what a writer left. */
export async function damageIn(workspace: string): Promise<string[]> {
  const { findings } = await verifyWorkspace(workspace, { datasetCache: join(workspace, 'datasets') })
  return findings.filter(({ kind }) => kind === 'damaged').map(({ path, text }) => `${path}: ${text}`)
}

export async function leftoversIn(workspace: string): Promise<string[]> {
  const { findings } = await verifyWorkspace(workspace, { datasetCache: null })
  return findings.filter(({ kind }) => kind === 'leftover').map(({ path }) => path)
}
