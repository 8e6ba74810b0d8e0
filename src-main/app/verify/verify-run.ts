import { createHash } from 'node:crypto'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../src-shared/contract/errors.js'
import { RunEvent } from '../../../src-shared/contract/events.js'
import type { ArtifactRef } from '../../../src-shared/model/artifact.js'
import type { RunRecord } from '../../../src-shared/model/run-record.js'
import { CHECKPOINTS, decodeCheckpoint } from '../../storage/checkpoint-file.js'
import { decodeSafetensors } from '../../../src-shared/weights/safetensors.js'
import { isFromNewer } from '../../storage/versioned-file.js'
import { isLeftover } from '../../storage/write-whole.js'
import { readAnnotations } from '../annotations-file.js'
import { isUnderWay } from '../lost-runs.js'
import { parseJson, readIfThere } from '../read-json.js'
import { HOST_FILE } from '../run-hosts.js'
import { EVENTS, MAX_EVENT_BYTES, parseRecord, RECORD } from '../run-store.js'
import type { FindingKind } from './finding.js'

export interface RunCheck {
  readonly findings: { kind: FindingKind; file: string; text: string }[]
  readonly events: number
  readonly artifacts: number
  readonly bytes: number
}

/**
 * Looks at everything that the folder of a run holds, and writes nothing. `isLost` says whether the process of a run that
 * is under way is gone; of one that is not, only the record is looked at, since the rest is being written.
 */
export async function verifyRun(folder: string, runId: string, isLost: () => Promise<boolean>): Promise<RunCheck> {
  const findings: RunCheck['findings'] = []
  const tell = (kind: FindingKind, file: string, text: string): void => void findings.push({ kind, file, text })
  const done = (events = 0, artifacts = 0, bytes = 0): RunCheck => ({ findings, events, artifacts, bytes })

  await readAnnotations(folder).catch((error: Error) => {
    tell(isFromNewer(error) ? 'note' : 'damaged', 'annotations.json', error.message)
  })
  if (await isUnbegun(folder)) {
    tell('note', RECORD, 'It is missing, and there is nothing else: a run that was to begin when the program ended.')
    return done()
  }
  const record = await readRecord(folder).catch((error: Error) => {
    tell(isFromNewer(error) ? 'note' : 'damaged', RECORD, error.message)
    return null
  })
  if (record === null) return done()
  if (record.runId !== runId) tell('damaged', RECORD, `It is the record of the run ${record.runId}.`)
  if (isUnderWay(record)) {
    if (!(await isLost())) {
      tell('note', RECORD, `The run is ${record.status} in another program, so its files were not looked at.`)
      return done()
    }
    tell('lost', RECORD, `It says that the run is ${record.status}, but the process that had it is gone.`)
  }

  const events = checkEvents((await readIfThere(join(folder, EVENTS), MAX_EVENT_BYTES)) ?? '', record)
  for (const text of events.problems) tell('damaged', EVENTS, text)
  for (const { kind, file, text } of await checkCheckpoints(folder)) tell(kind, file, text)
  let bytes = 0
  for (const artifact of record.artifacts) {
    const problem = await checkArtifact(folder, artifact)
    if (problem !== null) tell('damaged', artifact.path, problem)
    bytes += artifact.byteLength
  }
  return done(events.count, record.artifacts.length, bytes)
}

async function readRecord(folder: string): Promise<RunRecord> {
  const path = join(folder, RECORD)
  const text = await readIfThere(path)
  if (text === null) throw new Error('It is missing, so nothing is known of what lies in this folder.')
  return parseRecord(path, text)
}

async function isUnbegun(folder: string): Promise<boolean> {
  const names = await readdir(folder)
  return names.every((name) => name === HOST_FILE || isLeftover(name))
}

/** Numbers grow from 1, reports of progress that were not worth keeping leave gaps, and the end is that of the record. */
export function checkEvents(text: string, record: RunRecord): { count: number; problems: string[] } {
  const problems: string[] = []
  const lines = text.split('\n')
  let last: RunEvent | null = null
  let count = 0
  let torn = 0
  for (const [index, line] of lines.entries()) {
    if (line === '') continue
    const parsed = RunEvent.safeParse(parseJson(line))
    if (!parsed.success) {
      // Cut off by a crash: the last line, or one after which the end was noted later.
      if (index === lines.length - 1 || torn > 0) continue
      torn = index + 1
      continue
    }
    const event = parsed.data
    if (torn > 0 && !isInterruption(event)) problems.push(`Line ${torn} cannot be read.`)
    torn = 0
    count += 1
    if (event.runId !== record.runId) problems.push(`Line ${index + 1} is of the run ${event.runId}.`)
    if (event.seq <= (last?.seq ?? 0)) {
      problems.push(`Line ${index + 1} has the number ${event.seq}, after ${last?.seq ?? 0}.`)
    }
    last = event
  }
  if (torn > 0) problems.push(`Line ${torn} cannot be read.`)
  const expected = { done: 'run.finished', failed: 'run.failed', cancelled: 'run.cancelled' } as const
  if (record.status !== 'queued' && record.status !== 'running' && last?.type !== expected[record.status]) {
    const found = last === null ? 'there are no events' : `the last event is "${last.type}"`
    problems.push(`The record says that the run is ${record.status}, but ${found}.`)
  }
  return { count, problems }
}

function isInterruption(event: RunEvent): boolean {
  return event.type === 'run.failed' && event.error.code === 'interrupted'
}

/** Of a run that was interrupted. */
async function checkCheckpoints(folder: string): Promise<RunCheck['findings']> {
  const names = await readdir(join(folder, CHECKPOINTS)).catch(() => [])
  const findings: RunCheck['findings'] = []
  for (const name of names.filter((each) => !isLeftover(each))) {
    const file = join(CHECKPOINTS, name)
    try {
      const found = decodeCheckpoint(await readFile(join(folder, file)))
      if ('unusable' in found) findings.push({ kind: 'damaged', file, text: `It cannot be used: ${found.unusable}.` })
    } catch (error) {
      const isNewer = error instanceof AppError && error.code === 'conflict'
      findings.push({ kind: isNewer ? 'note' : 'damaged', file, text: (error as Error).message })
    }
  }
  return findings
}

/** Null where the file is what the record promises. */
async function checkArtifact(folder: string, artifact: ArtifactRef): Promise<string | null> {
  const path = join(folder, artifact.path)
  try {
    const found = await lstat(path)
    if (!found.isFile()) return 'It is no plain file.'
    if (found.size !== artifact.byteLength) return `It has ${found.size} bytes instead of ${artifact.byteLength}.`
    const bytes = await readFile(path)
    if (artifact.sha256 !== undefined && createHash('sha256').update(bytes).digest('hex') !== artifact.sha256) {
      return 'Its content has changed since it was written: the SHA-256 is another.'
    }
    return artifact.mediaType === 'application/x-safetensors' ? checkWeights(bytes) : null
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return 'It is missing.'
    return `It cannot be read: ${(cause as Error).message}`
  }
}

function checkWeights(bytes: Uint8Array): string | null {
  const { tensors } = decodeSafetensors(bytes)
  const wrong = Object.entries(tensors).find(([, { values }]) => !values.every(Number.isFinite))
  return wrong === undefined ? null : `The weights "${wrong[0]}" hold what is no finite number.`
}
