import type { AppHandlers } from '../../src-shared/contract/commands.js'
import { AppError } from '../../src-shared/contract/errors.js'
import type { AppEvent } from '../../src-shared/contract/events.js'
import type { JsonValue } from '../../src-shared/model/json.js'
import type { Versions } from '../../src-shared/model/run-record.js'
import type { StudyPlan } from '../../src-shared/model/study.js'
import { createDatasets } from './datasets/datasets.js'
import { createEngineHost } from './engine-host.js'
import { createEstimates } from './estimates.js'
import { createInspections } from './inspections.js'
import type { LaunchEngine } from './launched-engine.js'
import { createModels } from './models/models.js'
import { datasetMirror, type AppPaths } from './paths.js'
import { createRunHosts } from './run-hosts.js'
import { checkWorkspace, createRunStore } from './run-store.js'
import { createRuns } from './runs.js'
import { createStudies } from './studies.js'
import { reportSystem } from './system-report.js'

/** Runs that an estimate looks through for one like it. */
const MAX_EARLIER_RUNS = 50

export interface AppOptions {
  readonly paths: AppPaths
  readonly launchEngine: LaunchEngine
  /** The path that the user has opened to this shell under an id. Left out where a shell can open none. */
  readonly openGrant?: (id: string) => string
  readonly versions: Versions
  readonly now: () => Date
  /** Keeps an unexpected error; returns the id to find it by. */
  readonly log: (error: unknown) => string
}

export interface App {
  readonly handlers: AppHandlers
  /** Returns the way out. */
  subscribe(listener: (event: AppEvent) => void): () => void
  log(error: unknown): string
  /** Ends every run in a way that it can be resumed from. Call before `close` where the process is asked to end. */
  interrupt(): Promise<void>
  close(): void
}

/** The application: implements the contract over the store, the queue and the engine. It does not know who asks. */
export function createApp(options: AppOptions): App {
  const { paths, launchEngine, versions, now, log } = options
  const hosts = createRunHosts(paths.workspace)
  const store = createRunStore(paths.workspace, hosts, (problem) => void log(problem))
  const openGrant = options.openGrant ?? refuseGrant
  const models = createModels({ workspace: paths.workspace, launchEngine, openGrant })
  const runs = createRuns({ store, engine: () => engine, victimFile: models.victimFile, versions, now, log })
  const studies = createStudies({ workspace: paths.workspace, store, runs })
  const engine = createEngineHost(launchEngine, {
    onEvent: (event) => {
      if ('fact' in event) runs.accept(event.runId, event.fact)
    },
    onWords: (line) => runs.engineSaid(line),
    onCrash: (ending) => runs.engineCrashed(ending),
  })

  const datasets = createDatasets({
    cacheFolder: paths.datasetCache,
    launchEngine,
    openGrant,
    mirror: datasetMirror(),
    log,
  })

  const estimates = createEstimates({
    launchEngine,
    victimFile: models.victimFile,
    describeEngine: async () => (await engine.client().call('engine.describe', {})).info,
    isBusy: () => runs.isBusy(),
    earlierRuns: async () => {
      const { runs: listed } = await store.list()
      const done = listed.filter(({ status }) => status === 'done').slice(0, MAX_EARLIER_RUNS)
      return Promise.all(done.map(({ runId }) => store.read(runId)))
    },
  })

  const inspections = createInspections({ launchEngine, store, onProgress: (progress) => runs.announce(progress) })

  runs.subscribe(({ type }) => {
    if (type === 'run.queued') estimates.interrupt()
  })

  const startStudy = async (plan: StudyPlan) => {
    await checkWorkspace(paths.workspace)
    for (const { dataset } of plan.cells) datasets.requirePresent(dataset)
    return { plan, ...(await studies.start(plan)) }
  }

  const check = async (experiment: JsonValue) =>
    engine.client().call('experiment.check', { experiment: await models.complete(experiment) })

  const handlers: AppHandlers = {
    ...datasets.handlers,
    ...models.handlers,
    ...inspections.handlers,
    'catalogue.list': () => engine.client().call('catalogue.list', {}),
    'experiment.check': ({ experiment }) => check(experiment),
    'run.start': async ({ experiment }) => {
      await checkWorkspace(paths.workspace)
      const checked = await check(experiment)
      datasets.requirePresent(checked.experiment.dataset.id)
      return { runId: await runs.start(checked.experiment) }
    },
    'experiment.estimate': async (input) => {
      const { experiment } = await check(input.experiment)
      return estimates.of(experiment)
    },
    'run.cancel': async ({ runId }) => {
      await runs.cancel(runId)
      return {}
    },
    'trigger.preview': (input) => engine.client().call('trigger.preview', input),
    'run.pause': async ({ runId }) => runs.steer('job.pause', runId),
    'run.resume': async ({ runId }) => {
      if (runs.isActive(runId)) return runs.steer('job.resume', runId)
      await checkWorkspace(paths.workspace)
      await runs.resume(runId)
      return {}
    },
    'run.stop': async ({ runId }) => runs.steer('job.stop', runId),
    'run.list': (request) => store.list(request),
    'run.annotate': async ({ runId, change }) => {
      const annotations = await store.annotate(runId, change)
      runs.announce({ type: 'run.annotated', runId, annotations })
      return { annotations }
    },
    'run.snapshot': async ({ runId, afterSeq }) => {
      const record = await store.read(runId)
      const events = await store.readEvents(runId)
      return {
        record,
        folder: store.folderOf(runId),
        events: events.filter(({ seq }) => seq > afterSeq),
        lastSeq: events.at(-1)?.seq ?? 0,
      }
    },
    'study.plan': async (request) => studies.match(await engine.client().call('study.plan', request)),
    'study.start': async (request) => startStudy(await engine.client().call('study.plan', request)),
    'study.resume': async ({ name }) => startStudy((await studies.show(name)).plan),
    'study.cancel': async ({ name }) => ({ cancelled: await studies.cancel(name) }),
    'study.list': () => studies.list(),
    'study.show': ({ name }) => studies.show(name),
    'system.report': () => reportSystem(versions.unbackdoor, paths, engine),
  }

  const close = (): void => {
    estimates.interrupt()
    inspections.close()
    datasets.close()
    models.close()
    engine.close()
    hosts.close()
    store.close()
  }
  return { handlers, subscribe: (listener) => runs.subscribe(listener), log, interrupt: () => runs.interrupt(), close }
}

function refuseGrant(): never {
  throw new AppError({
    code: 'refused',
    message: 'Files can be imported from the command line and in the window only.',
    hint: 'On the machine that serves this page: npm run -s cli -- datasets import ID FILE, or import FILE for a model',
  })
}
