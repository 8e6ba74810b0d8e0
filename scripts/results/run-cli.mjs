import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url))

/**
 * @typedef {{ cleanAccuracy: number, attackSuccessRate: number | null, robustAccuracy: number | null, baseRate: number | null }} Scores
 * @typedef {{ outcome: string, detection: { target: number | null, classes: { recoveredSuccess: number }[] } | null, after: Scores }} Defense
 * @typedef {{ runId: string, status: string, before: Scores, defenses: Defense[], seconds: Record<string, number>, peakMemoryMb: number, tensorsLeft: number }} Result
 */

/**
 * Runs an experiment by the command line and gives what it prints last.
 * @param {string[]} args what follows `run`
 * @returns {Promise<Result>}
 */
export function runExperiment(args) {
  const all = [cli, 'run', ...args, '--json']
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk) => (output += String(chunk)))
    child.on('error', reject)
    child.on('close', (code) => {
      const last = output.trimEnd().split('\n').at(-1) ?? ''
      if (code === 0) resolve(JSON.parse(last))
      else reject(new Error(`${all.join(' ')} ended with exit code ${code}`))
    })
  })
}

/** @param {number | null | undefined} rate */
export const percent = (rate) => (rate === null || rate === undefined ? '' : (100 * rate).toFixed(1))
