import { isTerminal } from '../../../src-shared/contract/index.js'
import { manyRecords } from './many-runs.js'
import { queuedRecord, type Recording } from './recording.js'
import { newRun, say, withoutStamp, type ReplayedRun, type Said } from './replayed-run.js'

/** Situations of the whole page, each with the words that the gallery gives it. */
export const scenarios = {
  live: { title: 'A run in progress', opens: 'new-run', isConnected: true },
  finished: { title: 'A finished run', opens: 'first-run', isConnected: true },
  failed: { title: 'A failed run', opens: 'first-run', isConnected: true },
  cancelled: { title: 'A cancelled run', opens: 'first-run', isConnected: true },
  'no-runs': { title: 'No runs yet', opens: 'home', isConnected: true },
  'many-runs': { title: '10,000 runs', opens: 'runs', isConnected: true },
  'no-connection': { title: 'No connection', opens: 'home', isConnected: false },
} as const satisfies Record<string, Scenario>

interface Scenario {
  readonly title: string
  /** What is looked at first; `new-run` is started for it. */
  readonly opens: 'new-run' | 'first-run' | 'runs' | 'home'
  readonly isConnected: boolean
}

export type ScenarioName = keyof typeof scenarios
export const MANY_RUNS = 10_000

export function isScenario(name: string): name is ScenarioName {
  return Object.hasOwn(scenarios, name)
}

/** The runs that a scenario begins with. */
export function runsOf(name: ScenarioName, recording: Recording): ReplayedRun[] {
  switch (name) {
    case 'live':
    case 'no-runs':
    case 'no-connection':
      return []
    case 'finished':
      return [{ ...newRun(recording.record), events: recording.events }]
    case 'failed':
      return [brokenOff(recording, 'unlearn', { type: 'run.failed', error: CRASH })]
    case 'cancelled':
      return [brokenOff(recording, 'train', { type: 'run.cancelled' })]
    case 'many-runs':
      return manyRecords(recording.record, MANY_RUNS).map(newRun)
  }
}

const CRASH = {
  code: 'engine-crashed',
  message: 'The engine stopped in the middle of the run: it was ended by SIGKILL.',
  hint: 'Everything saved until then is in the run folder. Starting the experiment again uses a fresh engine.',
} as const

/** The recorded run until the middle of a stage, and what ended it there. */
function brokenOff(recording: Recording, kind: string, ending: Said): ReplayedRun {
  const { record, events } = recording
  const index = record.stages.findIndex((stage) => stage.kind === kind)
  const begins = events.findIndex((event) => event.type === 'run.stage' && event.index === index)
  const ends = events.findIndex((event, at) => at > begins && (event.type === 'run.stage' || isTerminal(event)))
  const until = events.slice(0, Math.floor((begins + ends) / 2))

  const run = until.reduce(
    (sofar, event) => say(sofar, withoutStamp(event), event.at).run,
    newRun(queuedRecord(recording)),
  )
  return say(run, ending, until.at(-1)?.at ?? record.createdAt).run
}
