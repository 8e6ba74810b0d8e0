// Runs the main experiment for three seeds and three targets, and the same defense on clean models, and prints the
// tables of docs/results.md.
//
//   npm run results                        everything, one run after the other
//   npm run results -- --seeds 1 --workspace DIR

import { parseArgs } from 'node:util'
import { machineLine, row } from './machine.mjs'
import { percent, runExperiment } from './run-cli.mjs'

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

/**
 * @param {string} preset
 * @param {string[]} settings
 */
function run(preset, settings) {
  const threads = values.threads === undefined ? [] : ['--threads', values.threads]
  return runExperiment([preset, '--workspace', values.workspace, ...threads, ...settings])
}

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
