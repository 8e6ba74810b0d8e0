import { commands, type AppHandlers } from '../../src-shared/contract/commands.js'
import { AppError } from '../../src-shared/contract/errors.js'
import type { AppEvent } from '../../src-shared/contract/events.js'
import type { Transport } from '../../src-shared/rpc/transport.js'
import type { InspectionCommands } from '../../src-shared/contract/inspection-commands.js'
import type { PoisonCommands } from '../../src-shared/contract/poison-commands.js'
import { refuseInspections } from './refuse-inspections.js'
import { serve } from '../../src-shared/rpc/server.js'

/** Handlers with one fixed behaviour each, for tests of the wires. */
export const fakeHandlers: AppHandlers = {
  'catalogue.list': async () => ({ plugins: [], experiments: [] }),
  'experiment.estimate': async () => ({
    stages: [],
    seconds: null,
    peakMemoryMb: null,
    diskMb: null,
    basis: 'unknown',
    reason: 'a test',
  }),
  'experiment.check': async () => {
    throw new AppError({ code: 'unsupported', message: 'Not here.' })
  },
  'run.start': async () => {
    throw new AppError({ code: 'invalid-input', message: 'Wrong.', fields: [] })
  },
  'trigger.preview': async () => {
    throw new AppError({ code: 'unsupported', message: 'Not here.' })
  },
  'run.pause': async () => ({}),
  'run.resume': async () => ({}),
  'run.stop': async () => ({}),
  'run.cancel': async () => {
    throw new Error('a bug')
  },
  'run.list': async () => ({ runs: [], total: 0, unreadable: ['notes'], newer: [] }),
  'run.annotate': async () => {
    throw new AppError({ code: 'storage', message: 'Not readable.' })
  },
  'run.snapshot': async () => {
    throw new AppError({ code: 'not-found', message: 'There is no such run.', hint: 'Look elsewhere.' })
  },
  'dataset.list': async () => ({ folder: 'datasets', datasets: [] }),
  'dataset.download': async () => ({}),
  'dataset.import': async () => ({}),
  'dataset.cancel': async () => ({}),
  'dataset.remove': async () => ({}),
  'model.import': async () => {
    throw new AppError({ code: 'unsupported', message: 'Not here.' })
  },
  'model.list': async () => ({ models: [], unreadable: [] }),
  'model.remove': async () => ({}),
  'study.plan': async () => {
    throw new AppError({ code: 'unsupported', message: 'Not here.' })
  },
  'study.start': async () => {
    throw new AppError({ code: 'unsupported', message: 'Not here.' })
  },
  'study.resume': async () => {
    throw new AppError({ code: 'unsupported', message: 'Not here.' })
  },
  'study.cancel': async () => ({ cancelled: 0 }),
  'study.list': async () => ({ studies: [], unreadable: [] }),
  'study.show': async () => {
    throw new AppError({ code: 'not-found', message: 'There is no such study.' })
  },
  ...refuseInspections<InspectionCommands & PoisonCommands>(),
  // Never answers: what a call under way looks like.
  'system.report': () => new Promise(() => {}),
}

export interface FakeApp {
  serve(transport: Transport): void
  emit(event: AppEvent): void
}

export function createFakeApp(): FakeApp {
  const listeners = new Set<(event: AppEvent) => void>()
  let logged = 0
  return {
    serve: (transport) =>
      serve(transport, commands, fakeHandlers, {
        subscribe(emit) {
          listeners.add(emit)
          return () => listeners.delete(emit)
        },
        onInternalError: () => `logged-${++logged}`,
      }),
    emit: (event) => listeners.forEach((listener) => listener(event)),
  }
}
