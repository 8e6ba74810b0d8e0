// Starting other programs: the helpers of the bootstrap (run) and the command itself (handOver).

import { spawn } from 'node:child_process'
import { accessSync, constants, closeSync, openSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Problem, detail, messageOf } from './say.mjs'

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {Record<string, string | undefined>} [env] added to the environment of this process
 * @property {boolean} [show] let the person see the output while it runs (on stderr)
 * @property {number} [timeout] milliseconds
 *
 * @typedef {{ code: number | null, signal: NodeJS.Signals | null, stdout: string, stderr: string }} RunResult
 */

/** @type {Set<import('node:child_process').ChildProcess>} */
const helpers = new Set()

// A helper that outlives the bootstrap would go on writing into folders that the next start cleans up.
process.on('exit', () => {
  for (const helper of helpers) helper.kill('SIGKILL')
})

/** Ending through process.exit is what runs the cleaning up: helpers stopped, locks given back, drafts removed. */
export function exitOnSignals() {
  process.on('SIGHUP', () => process.exit(129))
  process.on('SIGINT', () => process.exit(130))
  process.on('SIGTERM', () => process.exit(143))
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export function run(command, args, { cwd, env, show = false, timeout } = {}) {
  detail('run', [command, ...args].map((part) => (part.length > 200 ? '<script>' : part)).join(' '))
  return new Promise((resolve, reject) => {
    // File descriptor 2 stands for stdout as well: progress bars are for people, stdout is for the command to come.
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', show ? 2 : 'pipe', 'pipe'],
      timeout,
    })
    helpers.add(child)
    let stdout = ''
    let stderr = ''
    child.stdout?.on('data', (/** @type {Buffer} */ chunk) => (stdout += chunk))
    child.stderr?.on('data', (/** @type {Buffer} */ chunk) => {
      stderr += chunk
      if (show) process.stderr.write(chunk)
    })
    child.on('error', (error) => {
      helpers.delete(child)
      reject(new Problem(`${command} could not be started: ${error.message}`))
    })
    child.on('close', (code, signal) => {
      helpers.delete(child)
      resolve({ code, signal, stdout, stderr })
    })
  })
}

/**
 * The full path of a program on PATH, or null.
 * @param {string} program
 * @returns {string | null}
 */
export function which(program) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : ['']
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const ending of endings) {
      const path = join(folder, program + ending)
      try {
        accessSync(path, constants.X_OK)
        if (statSync(path).isFile()) return path
      } catch {
        // Not here: look in the next folder.
      }
    }
  }
  return null
}

/**
 * Becomes the command as far as the outside can tell: same streams, same exit code, same death by signal.
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<never>}
 */
export async function handOver(command, args) {
  detail('run', [command, ...args].join(' '))
  const child = spawn(command, args, { stdio: 'inherit' })

  // A terminal sends Ctrl-C to the child as well, so passing it on would deliver it twice. Without a terminal
  // nobody but us has told the child.
  const fromTerminal = hasTerminal()
  /** @type {[NodeJS.Signals, boolean][]} */
  const signals = [
    ['SIGINT', !fromTerminal],
    ['SIGHUP', !fromTerminal],
    ['SIGTERM', true],
  ]
  for (const [signal, passOn] of signals) {
    process.removeAllListeners(signal)
    process.on(signal, () => void (passOn && child.kill(signal)))
  }

  /** @type {{ code: number | null, signal: NodeJS.Signals | null }} */
  const end = await new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Problem(`${command} could not be started: ${messageOf(error)}`)))
    child.on('exit', (code, signal) => resolve({ code, signal }))
  })
  if (end.signal) {
    process.removeAllListeners(end.signal)
    process.kill(process.pid, end.signal)
    // A signal to oneself arrives a moment later; 128 + n is how a shell reports it should it be blocked.
    await new Promise((resolve) => setTimeout(resolve, 1000))
    process.exit(128)
  }
  process.exit(end.code ?? 1)
}

function hasTerminal() {
  if (process.platform === 'win32') return true
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}
