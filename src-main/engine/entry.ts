import { randomBytes } from 'node:crypto'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../src-shared/contract/errors.js'
import type { RunFact } from '../../src-shared/contract/events.js'
import type { EngineInfo } from '../../src-shared/model/engine-info.js'
import type { RunId } from '../../src-shared/model/ids.js'
import { serve } from '../../src-shared/rpc/server.js'
import { engineCommands, EngineOptions, type EngineEvent, type EngineHandlers } from '../engine-contract/index.js'
import { describeCatalogue } from '../lab/catalogue.js'
import { checkResume } from '../lab/check-resume.js'
import { planExperiment } from '../lab/experiment-plan.js'
import { previewTrigger } from '../lab/preview-trigger.js'
import { planStudy } from '../lab/studies/plan-study.js'
import { rehearseExperiment } from '../lab/rehearse-experiment.js'
import { CHECKPOINTS } from '../storage/checkpoint-file.js'
import { loadBackend } from './backend.js'
import { checkpointEveryMs, createCheckpointFiles } from './checkpoint-files.js'
import { createDatasetReader } from './dataset-reader.js'
import { importDataset } from './import/index.js'
import { importModel } from './import/model/import-model.js'
import { createPoisonedSets } from './inspection/poisoned-sets.js'
import { createInspector } from './inspection/create-inspector.js'
import { createJobControl, type JobControl } from './job-control.js'
import { knownError, memoryMb, peakMemoryMb, runJob } from './job.js'
import { openProcessPort } from './process-port.js'
import { readVictim } from './read-victim.js'

const LOW_PRIORITY = constants.priority.PRIORITY_BELOW_NORMAL

/** Everything that a rejected promise nobody waits for can break is inside this process, so it ends here. */
process.on('unhandledRejection', (error) => {
  logError(error)
  process.exit(70)
})

const options = EngineOptions.parse(JSON.parse(process.argv[2] ?? '{}'))
const reader = createDatasetReader(options.datasetCache)
const listeners = new Set<(event: EngineEvent) => void>()
let backend: Promise<EngineInfo> | null = null
let job: { runId: RunId; control: JobControl; emit(fact: RunFact): void } | null = null

const inspector = createInspector({
  reader,
  cacheFolder: options.inspectionCache,
  tell: (inspecting) => tell({ inspecting }),
  async prepare() {
    // Runs go first. Before the backend is loaded, because its threads take over what holds then.
    if (backend === null) setPriority(LOW_PRIORITY)
    await engineInfo()
  },
  named: knownError,
})

const handlers: EngineHandlers = {
  ...inspector,
  ...createPoisonedSets(reader, knownError),
  'catalogue.list': async () => describeCatalogue(),
  'experiment.check': async ({ experiment }) => ({ experiment: planExperiment(experiment, reader).experiment }),
  'trigger.preview': (request) => previewTrigger(request, reader),
  'study.plan': async (request) => planStudy(request, reader),
  'engine.describe': async () => ({ info: await engineInfo(), memoryMb: memoryMb() }),
  'job.start': async ({ runId, folder, experiment, victimFile, told }) => {
    const plan = planExperiment(experiment, reader)
    const engine = await engineInfo()
    const everyMs = checkpointEveryMs()
    if (job !== null) throw new AppError({ code: 'busy', message: `The engine is busy with run ${job.runId}.` })
    const control = createJobControl()
    const emit = (fact: RunFact): void => tell({ runId, fact })
    job = { runId, control, emit }
    void runJob({
      plan,
      folder,
      readVictim: () => readVictim(plan, victimFile),
      told,
      everyMs,
      engine,
      reader,
      control,
      emit,
      log: logError,
    }).finally(() => {
      job = null
    })
    return {}
  },
  'job.check': async ({ folder, experiment, images }) => {
    const checkpoints = createCheckpointFiles(join(folder, CHECKPOINTS), 0)
    await checkResume(planExperiment(experiment, reader), reader, { images, checkpoints })
    return {}
  },
  'job.rehearse': async ({ experiment, victimFile }) => {
    const plan = planExperiment(experiment, reader)
    // Whoever composes goes first. Before the backend is loaded, because its threads take over what holds then.
    setPriority(LOW_PRIORITY)
    const engine = await engineInfo()
    const { now, breathe } = createJobControl()
    return rehearseExperiment(plan, {
      engine,
      reader,
      readVictim: () => readVictim(plan, victimFile),
      now,
      breathe,
      memoryMb,
      peakMemoryMb,
    })
  },
  'job.cancel': async ({ runId }) => {
    jobOf(runId).control.cancel()
    return {}
  },
  'job.pause': async ({ runId }) => {
    const { control, emit } = jobOf(runId)
    if (control.pause()) emit({ type: 'run.paused' })
    return {}
  },
  'job.resume': async ({ runId }) => {
    const { control, emit } = jobOf(runId)
    if (control.resume()) emit({ type: 'run.resumed' })
    return {}
  },
  'job.stop': async ({ runId }) => {
    const { control, emit } = jobOf(runId)
    control.stop()
    emit({ type: 'run.note', level: 'info', text: 'Stopping: each loop ends after its present epoch.' })
    return {}
  },
  'dataset.import': (request) =>
    importDataset(request, (importing) => tell({ importing })).catch((error: unknown) => {
      throw knownError(error)
    }),
  'model.import': (request) =>
    importModel(request).catch((error: unknown) => {
      throw knownError(error)
    }),
}

/** To everyone who listens to this process. */
function tell(event: EngineEvent): void {
  for (const listener of listeners) listener(event)
}

function jobOf(runId: RunId): NonNullable<typeof job> {
  if (job?.runId !== runId) throw new AppError({ code: 'conflict', message: `Run ${runId} is not in progress.` })
  return job
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
