import type { AppHandlers } from '../../src-shared/contract/commands.js'
import type { InputOf, OutputOf } from '../../src-shared/contract/command.js'
import type { InspectionProgress } from '../../src-shared/contract/events.js'
import type { RunId } from '../../src-shared/model/ids.js'
import type { PoisonSource } from '../../src-shared/model/poisoned-dataset.js'
import type { EngineCommands, InspectedRun, InspectionName, PoisonedExperiment } from '../engine-contract/index.js'
import { createEngineHost, type EngineHost } from './engine-host.js'
import type { LaunchEngine } from './launched-engine.js'
import type { RunStore } from './run-store.js'

/** How long an engine that nobody asks keeps images and weights in memory. */
const IDLE_MS = 5 * 60_000

type InspectionHandlers = Pick<AppHandlers, InspectionName | 'inspection.cancel' | 'poison.describe' | 'poison.images'>

export interface Inspections {
  readonly handlers: InspectionHandlers
  close(): void
}

export interface InspectionsOptions {
  readonly launchEngine: LaunchEngine
  readonly store: Pick<RunStore, 'read' | 'folderOf'>
  readonly onProgress: (progress: InspectionProgress) => void
}

/**
 * Looks at runs in an engine process of its own, so that a run in progress is not held up; the process is of lower
 * priority, begins with the first question, and ends when nobody has asked for a while.
 */
export function createInspections({ launchEngine, store, onProgress }: InspectionsOptions): Inspections {
  let host: EngineHost | null = null
  let underWay = 0
  let idle: NodeJS.Timeout | null = null

  const close = (): void => {
    if (idle !== null) clearTimeout(idle)
    idle = null
    host?.close()
    host = null
  }

  async function asked<T>(ask: (client: ReturnType<EngineHost['client']>) => Promise<T>): Promise<T> {
    if (idle !== null) clearTimeout(idle)
    host ??= createEngineHost(launchEngine, {
      onEvent: (event) => {
        if ('inspecting' in event) onProgress({ type: 'inspection.progress', ...event.inspecting })
      },
      // Whoever waits is told by the call that breaks off; the next question starts a fresh process.
      onCrash: () => {},
    })
    underWay += 1
    try {
      return await ask(host.client())
    } finally {
      underWay -= 1
      if (underWay === 0) idle = setTimeout(close, IDLE_MS).unref()
    }
  }

  const runOf = async ({ runId }: { runId: RunId }): Promise<InspectedRun> => ({
    record: await store.read(runId),
    folder: store.folderOf(runId),
  })

  const poisonedBy = async (source: PoisonSource): Promise<PoisonedExperiment> => {
    if ('runId' in source) {
      const runId = source.runId as RunId
      return { experiment: (await store.read(runId)).experiment, folder: store.folderOf(runId) }
    }
    const { experiment } = await asked((client) => client.call('experiment.check', { experiment: source.experiment }))
    return { experiment, folder: null }
  }

  const ask = <N extends InspectionName>(
    name: N,
    input: InputOf<EngineCommands[N]>,
  ): Promise<OutputOf<EngineCommands[N]>> => asked((client) => client.call(name, input))

  return {
    close,
    handlers: {
      'inspection.describe': async (request) => ask('inspection.describe', { run: await runOf(request), request }),
      'inspection.samples': async (request) => ask('inspection.samples', { run: await runOf(request), request }),
      'inspection.predict': async (request) => ask('inspection.predict', { run: await runOf(request), request }),
      'inspection.images': async (request) => ask('inspection.images', { run: await runOf(request), request }),
      'inspection.explain': async (request) => ask('inspection.explain', { run: await runOf(request), request }),
      'inspection.heat': async (request) => ask('inspection.heat', { run: await runOf(request), request }),
      'inspection.patches': async (request) => ask('inspection.patches', { run: await runOf(request), request }),
      'inspection.distances': async (request) => ask('inspection.distances', { run: await runOf(request), request }),
      'inspection.network': async (request) => ask('inspection.network', { run: await runOf(request), request }),
      'inspection.weights': async (request) => ask('inspection.weights', { run: await runOf(request), request }),
      'inspection.activations': async (request) =>
        ask('inspection.activations', { run: await runOf(request), request }),
      'inspection.trigger-change': async (request) =>
        ask('inspection.trigger-change', { run: await runOf(request), request }),
      'inspection.embed': async (request) => ask('inspection.embed', { run: await runOf(request), request }),
      'inspection.detect': async (request) => ask('inspection.detect', { run: await runOf(request), request }),
      'inspection.spectra': async (request) => ask('inspection.spectra', { run: await runOf(request), request }),
      'poison.describe': async ({ source }) => {
        const of = await poisonedBy(source)
        return asked((client) => client.call('poison.describe', { of }))
      },
      'poison.images': async ({ source, ...which }) => {
        const of = await poisonedBy(source)
        return asked((client) => client.call('poison.images', { ...which, of }))
      },
      'inspection.cancel': async (request) => {
        if (underWay === 0) return {}
        return asked((client) => client.call('inspection.cancel', request))
      },
    },
  }
}
