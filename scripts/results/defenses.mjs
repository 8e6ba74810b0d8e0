// Runs the main experiment for three seeds and three targets, and the same defense on clean models, and prints the
// tables of docs/results.md.
//
//   npm run results                        everything, one run after the other
//   npm run results -- --seeds 1 --workspace DIR

import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'
import { machineLine, row } from './machine.mjs'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3' },
    targets: { type: 'string', default: '0,3,7' },
    workspace: { type: 'string', default: 'workspace' },
    threads: { type: 'string' },
  },
})
const seeds = values.seeds.split(',').map(Number)
const targets = values.targets.split(',').map(Number)
const cli = fileURLToPath(new URL('../../out/main/cli.js', import.meta.url))

/**
 * @typedef {{ cleanAccuracy: number, attackSuccessRate: number | null, robustAccuracy: number | null, baseRate: number | null }} Scores
 * @typedef {{ outcome: string, detection: { target: number | null, classes: { recoveredSuccess: number }[] } | null, after: Scores }} Defense
 * @typedef {{ runId: string, status: string, before: Scores, defenses: Defense[], seconds: Record<string, number>, peakMemoryMb: number, tensorsLeft: number }} Result
 */

/**
 * @param {string} preset
 * @param {string[]} settings
 * @returns {Promise<Result>}
 */
function run(preset, settings) {
  const threads = values.threads === undefined ? [] : ['--threads', values.threads]
  const args = [cli, 'run', preset, '--json', '--workspace', values.workspace, ...threads, ...settings]
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk) => (output += String(chunk)))
    child.on('error', reject)
    child.on('close', (code) => {
      const last = output.trimEnd().split('\n').at(-1) ?? ''
      if (code === 0) resolve(JSON.parse(last))
      else reject(new Error(`${args.join(' ')} ended with exit code ${code}`))
    })
  })
}

/** @param {number | null | undefined} rate */
const percent = (rate) => (rate === null || rate === undefined ? '' : (100 * rate).toFixed(1))

const lines = [
  machineLine(),
  '',
  row([
    'seed',
    'target',
    'found',
    'success there',
    'elsewhere',
    'clean before',
    'after',
    'attack before',
    'after',
    'robust after',
    'base rate',
    'seconds',
    'MB',
    'tensors left',
  ]),
  row(Array.from({ length: 14 }, () => '---')),
]
for (const target of targets) {
  for (const seed of seeds) {
    const result = await run('default', ['--seed', String(seed), '--set', `attack.params={"targetClass":${target}}`])
    const [defense] = result.defenses
    const successes = defense?.detection?.classes.map(({ recoveredSuccess }) => recoveredSuccess) ?? []
    const elsewhere = Math.max(...successes.filter((_, index) => index !== target))
    lines.push(
      row([
        seed,
        target,
        defense?.detection?.target ?? 'none',
        percent(successes[target]),
        percent(elsewhere),
        percent(result.before.cleanAccuracy),
        percent(defense?.after.cleanAccuracy),
        percent(result.before.attackSuccessRate),
        percent(defense?.after.attackSuccessRate),
        percent(defense?.after.robustAccuracy),
        percent(defense?.after.baseRate),
        (result.seconds['total'] ?? 0).toFixed(0),
        result.peakMemoryMb.toFixed(0),
        result.tensorsLeft,
      ]),
    )
  }
}
lines.push(
  '',
  row(['seed', 'clean model', 'found', 'highest success', 'clean before', 'after', 'seconds']),
  row(Array.from({ length: 7 }, () => '---')),
)
for (const seed of seeds) {
  const result = await run('clean-model', ['--seed', String(seed)])
  const [defense] = result.defenses
  const highest = Math.max(...(defense?.detection?.classes.map(({ recoveredSuccess }) => recoveredSuccess) ?? []))
  lines.push(
    row([
      seed,
      'no attack',
      defense?.detection?.target ?? 'none',
      percent(highest),
      percent(result.before.cleanAccuracy),
      percent(defense?.after.cleanAccuracy),
      (result.seconds['total'] ?? 0).toFixed(0),
    ]),
  )
}
process.stdout.write(`${lines.join('\n')}\n`)
