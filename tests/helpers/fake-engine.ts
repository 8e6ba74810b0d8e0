import type { RunFact } from '../../src-shared/contract/events.js'
import { RunId } from '../../src-shared/model/ids.js'
import type { EngineInfo } from '../../src-shared/model/engine-info.js'
import type { Rehearsal } from '../../src-shared/model/estimate.js'
import type { Experiment } from '../../src-shared/model/experiment.js'
import { memoryReader } from './memory-host.js'
import { refuseInspections } from './refuse-inspections.js'
import { createMemoryPair } from '../../src-shared/rpc/memory-transport.js'
import { serve } from '../../src-shared/rpc/server.js'
import type { LaunchedEngine } from '../../src-main/app/launched-engine.js'
import {
  engineCommands,
  type EngineCommands,
  type EngineEvent,
  type EngineHandlers,
  type EngineInspections,
} from '../../src-main/engine-contract/index.js'
import { importDataset } from '../../src-main/engine/import/index.js'
import { importModel } from '../../src-main/engine/import/model/import-model.js'
import { describeCatalogue } from '../../src-main/lab/catalogue.js'
import { previewTrigger } from '../../src-main/lab/preview-trigger.js'
import { planStudy } from '../../src-main/lab/studies/plan-study.js'
import { planExperiment } from '../../src-main/lab/experiment-plan.js'

export const fakeEngineInfo: EngineInfo = {
  backend: 'javascript',
  variant: 'js',
  tensorflowVersion: null,
  libraryFolder: null,
  devices: ['CPU'],
  threads: 1,
  reason: 'a test',
}

export interface FakeEngine {
  launch(): LaunchedEngine
  /** Says something of the run in progress. */
  say(fact: RunFact): void
  /** Prints a line, as a native library does. */
  print(line: string): void
  /** Dies as a crashed process does. */
  die(ending: string): void
  readonly jobs: { runId: string; folder: string; told: number }[]
  readonly launches: number
  /** What a rehearsal finds; by default nothing. */
  rehearse: (experiment: Experiment) => Promise<Rehearsal>
  /** Questions about runs that are answered; by default none is. */
  inspections: Partial<EngineHandlers>
  /** What `job.cancel` does; by default the job ends as cancelled. */
  onCancel: () => void
  /** What `job.check` does before a run is gone on with; by default nothing. */
  onCheck: () => void
}

/** An engine that computes nothing and says what the test tells it to say. */
export function createFakeEngine(): FakeEngine {
  let listeners = new Set<(event: EngineEvent) => void>()
  let words = new Set<(line: string) => void>()
  let end: ((ending: string) => void) | null = null
  const jobs: FakeEngine['jobs'] = []

  const steer = async (fact: RunFact) => {
    engine.say(fact)
    return {}
  }

  const engine: FakeEngine & { launches: number } = {
    jobs,
    launches: 0,
    rehearse: async () => ({ stages: [], measures: [], peakMemoryMb: 1, weightsMb: 1 }),
    inspections: {},
    onCancel: () => engine.say({ type: 'run.cancelled' }),
    onCheck: () => {},
    say(fact) {
      const job = jobs.at(-1)
      if (job === undefined) throw new Error('No job has been started')
      listeners.forEach((listener) => listener({ runId: RunId.parse(job.runId), fact }))
    },
    print: (line) => words.forEach((listener) => listener(line)),
    die: (ending) => end?.(ending),
    launch() {
      engine.launches += 1
      const [near, far] = createMemoryPair()
      listeners = new Set()
      words = new Set()
      const handlers: EngineHandlers = {
        'catalogue.list': async () => describeCatalogue(),
        'experiment.check': async ({ experiment }) => ({ experiment: planExperiment(experiment).experiment }),
        'engine.describe': async () => ({ info: fakeEngineInfo, memoryMb: 1 }),
        'job.rehearse': ({ experiment }) => engine.rehearse(experiment),
        'job.start': async ({ runId, folder, told }) => {
          jobs.push({ runId, folder, told })
          return {}
        },
        'job.check': async () => {
          engine.onCheck()
          return {}
        },
        'trigger.preview': (request) => previewTrigger(request, memoryReader),
        'study.plan': async (request) => planStudy(request, memoryReader),
        'job.pause': async () => steer({ type: 'run.paused' }),
        'job.resume': async () => steer({ type: 'run.resumed' }),
        'job.stop': async () => steer({ type: 'run.note', level: 'info', text: 'Stopping.' }),
        'dataset.import': (request) =>
          importDataset(request, (importing) => listeners.forEach((tell) => tell({ importing }))),
        'model.import': (request) => importModel(request),
        ...refuseInspections<
          EngineInspections & Pick<EngineCommands, 'inspection.cancel' | 'poison.describe' | 'poison.images'>
        >(),
        ...engine.inspections,
        'job.cancel': async () => {
          engine.onCancel()
          return {}
        },
      }
      serve(far, engineCommands, handlers, {
        subscribe(emit) {
          listeners.add(emit)
          return () => listeners.delete(emit)
        },
        onInternalError: () => 'logged',
      })
      const exits = new Set<(ending: string) => void>()
      const finish = (ending: string): void => {
        far.close()
        exits.forEach((listener) => listener(ending))
        exits.clear()
      }
      end = finish
      return {
        transport: near,
        kill: () => finish('it was ended by SIGKILL'),
        onWords: (listener) => void words.add(listener),
        onExit: (listener) => void exits.add(listener),
      }
    },
  }
  return engine
}
