import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The smallest experiment that has everything: an attack, a defense, a wall. */
const PRESET = 'tiny'

export interface Workspace {
  readonly folder: string
  remove(): Promise<void>
}

export async function emptyWorkspace(): Promise<Workspace> {
  const folder = await mkdtemp(join(tmpdir(), 'unbackdoor-e2e-'))
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

export interface PreparedWorkspace extends Workspace {
  /** Of the one finished run in it. */
  readonly runId: string
}

/** A workspace with one finished run, computed by the real engine as the command line does it. */
export async function preparedWorkspace(): Promise<PreparedWorkspace> {
  const workspace = await emptyWorkspace()
  await runCli(['run', PRESET, '--workspace', workspace.folder])
  const [runId] = await readdir(join(workspace.folder, 'runs'))
  if (runId === undefined) throw new Error('The command line left no run behind')
  return { ...workspace, runId }
}

async function runCli(args: readonly string[]): Promise<void> {
  const entry = join(import.meta.dirname, '..', '..', '..', 'out', 'main', 'cli.js')
  const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0) throw new Error(`The run ended with ${code}: ${said}`)
}
