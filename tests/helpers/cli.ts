import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'

const entry = join(import.meta.dirname, '..', '..', 'out', 'main', 'cli.js')

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface StartedCli {
  readonly child: ChildProcess
  readonly ended: Promise<CliResult>
}

/** The real command line as a process. `onLine` sees each line of standard output as it comes. */
export function runCli(
  args: readonly string[],
  onLine: (line: string, child: ChildProcess) => void = () => {},
  environment: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  return startCli(args, environment, onLine).ended
}

/** The same, with the process in hand. */
export function startCli(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  onLine: (line: string, child: ChildProcess) => void = () => {},
): StartedCli {
  const child = spawn(process.execPath, [entry, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  const ended = new Promise<CliResult>((resolve, reject) => {
    let stdout = ''
    let stderr = ''
    let seen = 0
    child.stdout.on('data', (chunk) => {
      stdout += String(chunk)
      const lines = stdout.split('\n')
      for (; seen < lines.length - 1; seen++) onLine(lines[seen]!, child)
    })
    child.stderr.on('data', (chunk) => (stderr += String(chunk)))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
  return { child, ended }
}

/** The last line of `run --json`. */
export function lastJson(stdout: string): unknown {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
}
