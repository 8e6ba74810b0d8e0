// Measures how fast the engine is, by itself or against PyTorch on the same work.
//
//   npm run bench                                  all cases, this program only
//   npm run bench -- --against torch               beside PyTorch, which is put into the user's cache
//   npm run bench -- --against torch --case train-resnet18-64
//   npm run bench -- --json                        besides, one line of JSON at the end
//
// docs/performance.md says what is measured and how. Tables go to standard output, all else to standard error.

import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readBenchArguments } from './bench/arguments.mjs'
import { measureCase } from './bench/measure.mjs'
import { coresAtWork } from './bench/other-work.mjs'
import { jsonLine, machineText, shortfalls, tableOf } from './bench/report.mjs'
import { startSide } from './bench/side.mjs'
import { checkTorch, ensureTorch } from './bench/torch-environment.mjs'
import { cacheFolder } from './bootstrap/cache.mjs'
import { exitOnSignals } from './bootstrap/exec.mjs'
import { Problem, step } from './bootstrap/say.mjs'

/** From so much work of others per core on, threads of PyTorch that wait actively only take time from each other. */
const BUSY = 0.25

const root = fileURLToPath(new URL('..', import.meta.url))

exitOnSignals()
try {
  await bench(readBenchArguments(process.argv.slice(2)))
} catch (error) {
  if (!(error instanceof Problem)) throw error
  process.stderr.write(`unbackdoor: ${error.text}\n`)
  process.exitCode = error.exitCode
}

/** @param {import('./bench/arguments.mjs').BenchOptions} options */
async function bench(options) {
  const cache = cacheFolder()
  const python = options.againstTorch ? (options.python ?? (await ensureTorch(cache))) : null
  if (python !== null && python === options.python) await checkTorch(python)
  const threads = options.threads ?? availableParallelism()
  const machine = describeMachine(threads, await coresAtWork())
  const isBusy = machine.load > BUSY * machine.cores
  const sides = {
    threads,
    ours: () =>
      startSide('This program', process.execPath, [join(root, 'out/main/bench.js'), engineOptions(cache)], {
        TF_NUM_INTRAOP_THREADS: String(threads),
        TF_NUM_INTEROP_THREADS: String(threads),
        OMP_NUM_THREADS: String(threads),
      }),
    torch:
      python === null
        ? null
        : () =>
            startSide('PyTorch', python, [join(root, 'scripts/bench/pytorch/main.py')], {
              OMP_NUM_THREADS: String(threads),
              ...(isBusy ? { OMP_WAIT_POLICY: 'PASSIVE' } : {}),
            }),
  }
  /** @type {import('./bench/measure.mjs').CaseResult[]} */
  const results = []
  for (const each of options.cases) {
    step('bench', each.id)
    results.push(await measureCase(each, sides, options.repeats ?? each.repeats))
  }
  const notes = [
    machineText(machine),
    ...(isBusy && python !== null
      ? ['PyTorch waits passively (OMP_WAIT_POLICY), which is faster on a busy machine.']
      : []),
    ...shortfalls(results).map((sentence) => `Short of what is wanted: ${sentence}`),
  ]
  process.stdout.write(`${tableOf(results)}\n\n${notes.join('\n')}\n`)
  if (options.json) process.stdout.write(`${jsonLine(machine, results)}\n`)
}

/** @param {string} cache */
function engineOptions(cache) {
  return JSON.stringify({
    installationFile: join(root, 'node_modules/.unbackdoor/engine.json'),
    datasetCache: join(cache, 'datasets'),
  })
}

/**
 * @param {number} threads
 * @param {number} load cores that others keep busy
 * @returns {import('./bench/report.mjs').Machine}
 */
function describeMachine(threads, load) {
  return {
    processor: cpus()[0]?.model ?? 'unknown processor',
    cores: cpus().length,
    threads,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    date: new Date().toISOString().slice(0, 10),
    load,
  }
}
