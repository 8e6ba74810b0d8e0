import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RunEvent } from '../../src-shared/contract/events.js'
import { RunRecord } from '../../src-shared/model/run-record.js'
import { lastJson, runCli, type CliResult } from './cli.js'
import { engineOf } from './engine-of.js'

/** Whether an event is where the run is to be disturbed. */
export type Place = (event: RunEvent) => boolean

/** Whom it hits, the process of the command line or its engine, and with which signal. */
const blows = {
  engine: ['engine', 'SIGKILL'],
  /** How native code ends an engine. */
  segfault: ['engine', 'SIGSEGV'],
  abort: ['engine', 'SIGABRT'],
  program: ['program', 'SIGKILL'],
  SIGINT: ['program', 'SIGINT'],
  SIGTERM: ['program', 'SIGTERM'],
  SIGHUP: ['program', 'SIGHUP'],
} as const
export type Blow = keyof typeof blows

export interface Disturbance {
  readonly at: Place
  readonly by: Blow
  /** So long after the event; 0 by default. */
  readonly afterMs?: number
}

/** At the end of every epoch. */
export const asManyCheckpoints = { UNBACKDOOR_CHECKPOINT_SECONDS: '0' }

/** As a file of its own name. */
export async function writeExperiment(workspace: string, experiment: { readonly name: string }): Promise<string> {
  const path = join(workspace, `${experiment.name}.json`)
  await writeFile(path, JSON.stringify(experiment))
  return path
}

/** Runs it from beginning to end. */
export async function runUndisturbed(workspace: string, experiment: string): Promise<string> {
  const { stdout } = await runCli(
    ['run', experiment, '--json', '--threads', '1', '--workspace', workspace],
    undefined,
    asManyCheckpoints,
  )
  return runIdIn(stdout)
}

/**
 * Runs it, disturbs it in these places one after the other, and resumes it each time. It is over when it is done, be that
 * before the last of them.
 */
export async function runDisturbed(
  workspace: string,
  experiment: string,
  disturbances: readonly Disturbance[],
): Promise<{ runId: string; parts: CliResult[] }> {
  const parts: CliResult[] = []
  let runId = ''
  for (const disturbance of [...disturbances, null]) {
    const what = runId === '' ? ['run', experiment] : ['resume', runId]
    let isHit = false
    const part = await runCli(
      [...what, '--json', '--threads', '1', '--workspace', workspace],
      (line, child) => {
        const event = RunEvent.safeParse(JSON.parse(line))
        if (!event.success) return
        runId = event.data.runId
        if (isHit || disturbance === null || !disturbance.at(event.data)) return
        isHit = true
        setTimeout(() => strike(child, disturbance.by), disturbance.afterMs ?? 0)
      },
      asManyCheckpoints,
    )
    parts.push(part)
    if (part.code === 0) break
  }
  return { runId, parts }
}

/** All of a run that must not depend on whether it was disturbed. */
export async function outcomeOf(workspace: string, runId: string) {
  const folder = join(workspace, 'runs', runId)
  const record = RunRecord.parse(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')))
  const { seconds: _seconds, peakMemoryMb: _memory, ...figures } = record.summary ?? {}
  const files = record.artifacts.map(({ path }) => path).toSorted()
  const sums = await Promise.all(files.map(async (path) => [path, sha256(await readFile(join(folder, path)))] as const))
  const lines = (await readFile(join(folder, 'events.jsonl'), 'utf8')).split('\n').filter((line) => line !== '')
  const events = lines.map((line) => RunEvent.parse(JSON.parse(line)))
  // What is said of checkpoints belongs to how it was disturbed.
  const notes = events.flatMap((event) => (event.type === 'run.note' && event.level !== 'engine' ? [event.text] : []))
  return {
    status: record.status,
    figures,
    files: Object.fromEntries(sums),
    metrics: await readFile(join(folder, 'metrics.csv'), 'utf8'),
    stages: events.flatMap((event) => (event.type === 'run.stage' ? [event.index] : [])),
    walls: events.flatMap((event) => (event.type === 'run.wall' ? [event.predicted] : [])),
    notes: notes.filter((text) => !text.includes('checkpoint')),
    checkpoints: existsSync(join(folder, 'checkpoint')) ? await readdir(join(folder, 'checkpoint')) : [],
  }
}

/** Where it went on each time that it was resumed. */
export async function resumedFrom(workspace: string, runId: string): Promise<(string | undefined)[]> {
  const text = await readFile(join(workspace, 'runs', runId, 'events.jsonl'), 'utf8')
  return text.split('\n').flatMap((line) => {
    const event = line === '' ? null : RunEvent.parse(JSON.parse(line))
    return event?.type === 'run.resumed' ? [event.from] : []
  })
}

function strike(child: ChildProcess, by: Blow): void {
  const [whom, signal] = blows[by]
  // It may have come to its end before.
  if (child.exitCode !== null) return
  const pid = whom === 'program' ? child.pid : engineOf(child.pid ?? 0)
  if (typeof pid === 'number') process.kill(pid, signal)
}

function runIdIn(stdout: string): string {
  return (lastJson(stdout) as { runId: string }).runId
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
