/**
 * This program's side of the benchmark (scripts/bench.mjs): reads requests from standard input, one JSON object a line,
 * and answers each with a line. It computes only while a request is open, so that the other side can be timed in between.
 */
import { writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { EngineOptions } from '../../engine-contract/index.js'
import { noCheckpoints } from '../../lab/checkpoints.js'
import type { RunContext } from '../../lab/run-context.js'
import { tf } from '../../lab/tf.js'
import { encodeSafetensors } from '../../../src-shared/weights/safetensors.js'
import { loadBackend } from '../backend.js'
import { createDatasetReader } from '../dataset-reader.js'
import { peakMemoryMb } from '../job.js'
import type { BenchLoop } from './loop.js'
import { createModelLoop } from './model-loops.js'
import { BenchRequest, type BenchCase } from './requests.js'
import { createStageLoop } from './stage-loops.js'
import { stepThrough, type SteppedLoop } from './turnstile.js'
import { watchSteps } from './watch-steps.js'

const BenchOptions = EngineOptions.pick({ installationFile: true, datasetCache: true })

const options = BenchOptions.parse(JSON.parse(process.argv[2] ?? '{}'))
let loop: SteppedLoop | null = null

/** Nobody looks on, and nothing is kept. */
const context: RunContext = {
  signal: new AbortController().signal,
  checkpoints: noCheckpoints,
  files: { saveTensors: async () => {}, saveImage: async () => {}, saveJson: async () => {} },
  now: () => performance.now(),
  breathe: () => new Promise((resolve) => setImmediate(resolve)),
  progress: () => {},
  metrics: () => {},
  note: () => {},
  enterStage: () => {},
  isStopping: () => false,
  observe: async () => {},
}

async function answer(request: BenchRequest): Promise<object> {
  switch (request.do) {
    case 'describe': {
      const { run, data, watchedOutput } = await createLoop(request.case)
      const watched = watchSteps(watchedOutput)
      loop = stepThrough(run)
      await loop.next()
      const { tensors, operations } = watched.seen()
      const named = Object.entries(data()).map(([name, tensor]) => [`data/${name}`, tensor] as const)
      await writeFile(request.sample, encodeSafetensors({ ...tensors, ...Object.fromEntries(named) }, {}))
      return { operations }
    }
    case 'prepare': {
      const { run } = await createLoop(request.case)
      loop = stepThrough(run)
      await loop.next()
      return {}
    }
    case 'time': {
      const cpu = process.cpuUsage()
      const start = performance.now()
      for (let unit = 0; unit < request.units; unit++) await prepared().next()
      const ms = performance.now() - start
      const { user, system } = process.cpuUsage(cpu)
      return { ms, cpuMs: (user + system) / 1000 }
    }
    case 'end': {
      await prepared().end()
      return { peakMb: peakMemoryMb(), tensorsLeft: tf.memory().numTensors }
    }
  }
}

async function createLoop(benchCase: BenchCase): Promise<BenchLoop> {
  const engine = await loadBackend(options.installationFile)
  if (engine.backend !== 'tensorflow') throw new Error(`There is no native engine to measure: ${engine.reason}`)
  if ('model' in benchCase) return createModelLoop(benchCase, context)
  return createStageLoop(benchCase, createDatasetReader(options.datasetCache), engine, context)
}

function prepared(): SteppedLoop {
  if (loop === null) throw new Error('Nothing has been prepared')
  return loop
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = BenchRequest.parse(JSON.parse(line))
  const reply = await answer(request).catch((error: unknown) => {
    if (error instanceof Error) process.stderr.write(`${error.stack}\n`)
    return { error: error instanceof Error ? error.message : String(error) }
  })
  process.stdout.write(`${JSON.stringify(reply)}\n`)
  if (request.do === 'end') process.exit(0)
}
