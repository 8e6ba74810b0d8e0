// Runs the main experiment with victims trained in float32 and in bfloat16, and prints what docs/performance.md states of
// the two.
//
//   npm run results -- precision           three seeds
//   npm run results -- precision --seeds 1 --threads 1

import { parseArgs } from 'node:util'
import { machineLine, row } from './machine.mjs'
import { percent, runExperiment } from './run-cli.mjs'

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    preset: { type: 'string', default: 'default' },
    seeds: { type: 'string', default: '1,2,3' },
    workspace: { type: 'string', default: 'workspace' },
    threads: { type: 'string' },
  },
})
const precisions = ['float32', 'bfloat16']
const figures = ['clean before', 'attack before', 'clean after', 'attack after']

const lines = [
  machineLine(),
  '',
  row(['seed', 'precision', ...figures, 'target found']),
  row(Array.from({ length: figures.length + 3 }, () => '---')),
]
/** @type {Record<string, number[][]>} */
const rates = Object.fromEntries(precisions.map((precision) => [precision, []]))
for (const seed of values.seeds.split(',')) {
  for (const precision of precisions) {
    const threads = values.threads === undefined ? [] : ['--threads', values.threads]
    const settings = ['--workspace', values.workspace, ...threads, '--seed', seed]
    const { before, defenses } = await runExperiment([
      values.preset,
      ...settings,
      ...['--set', `training.precision=${precision}`],
    ])
    const after = defenses[0]?.after
    const measured = [before.cleanAccuracy, before.attackSuccessRate, after?.cleanAccuracy, after?.attackSuccessRate]
    rates[precision]?.push(measured.map((rate) => rate ?? 0))
    const found = defenses[0]?.detection?.target ?? 'none'
    lines.push(row([seed, precision, ...measured.map((rate) => percent(rate)), found]))
  }
}
const means = precisions.map((precision) =>
  figures.map((_, at) => meanOf(rates[precision]?.map((each) => each[at] ?? 0))),
)
for (const [index, precision] of precisions.entries()) {
  lines.push(row(['mean', precision, ...(means[index] ?? []).map((rate) => percent(rate)), '']))
}
process.stdout.write(`${lines.join('\n')}\n`)

/** @param {readonly number[]} numbers */
function meanOf(numbers = []) {
  return numbers.reduce((sum, each) => sum + each, 0) / numbers.length
}
