import { randomBytes } from 'node:crypto'
import { AppError } from '../../src-shared/contract/errors.js'
import type { EngineInfo } from '../../src-shared/model/engine-info.js'
import type { RunId } from '../../src-shared/model/ids.js'
import { serve } from '../../src-shared/rpc/server.js'
import { engineCommands, EngineOptions, type EngineEvent, type EngineHandlers } from '../engine-contract/index.js'
import { describeCatalogue } from '../lab/catalogue.js'
import { planExperiment } from '../lab/experiment-plan.js'
import { loadBackend } from './backend.js'
import { createDatasetReader } from './dataset-reader.js'
import { runJob } from './job.js'
import { openProcessPort } from './process-port.js'

const MB = 1024 * 1024

/** Everything that a rejected promise nobody waits for can break is inside this process, so it ends here. */
process.on('unhandledRejection', (error) => {
  logError(error)
  process.exit(70)
})

const options = EngineOptions.parse(JSON.parse(process.argv[2] ?? '{}'))
const reader = createDatasetReader(options.datasetCache)
const listeners = new Set<(event: EngineEvent) => void>()
let backend: Promise<EngineInfo> | null = null
let job: { runId: RunId; controller: AbortController } | null = null

const handlers: EngineHandlers = {
  'catalogue.list': async () => describeCatalogue(),
  'experiment.check': async ({ experiment }) => ({ experiment: planExperiment(experiment).experiment }),
  'engine.describe': async () => ({ info: await engineInfo(), memoryMb: process.memoryUsage().rss / MB }),
  'job.start': async ({ runId, folder, experiment }) => {
    const plan = planExperiment(experiment)
    const engine = await engineInfo()
    if (job !== null) throw new AppError({ code: 'busy', message: `The engine is busy with run ${job.runId}.` })
    const controller = new AbortController()
    job = { runId, controller }
    const emit = (fact: EngineEvent['fact']): void => listeners.forEach((listener) => listener({ runId, fact }))
    void runJob({ plan, folder, engine, reader, signal: controller.signal, emit, log: logError }).finally(() => {
      job = null
    })
    return {}
  },
  'job.cancel': async ({ runId }) => {
    if (job?.runId !== runId) throw new AppError({ code: 'conflict', message: `Run ${runId} is not in progress.` })
    job.controller.abort()
    return {}
  },
}

function engineInfo(): Promise<EngineInfo> {
  backend ??= loadBackend(options.installationFile)
  return backend
}

/** Details go to standard error, which the application keeps in its log. */
function logError(error: unknown): string {
  const id = randomBytes(4).toString('hex')
  console.error(`[${id}]`, error)
  return id
}

const port = openProcessPort()
port.onClose(() => process.exit(0))
serve(port, engineCommands, handlers, {
  subscribe(emit) {
    listeners.add(emit)
    return () => listeners.delete(emit)
  },
  onInternalError: logError,
})
