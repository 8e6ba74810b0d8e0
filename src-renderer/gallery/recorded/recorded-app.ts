import { AppError, commands, isTerminal, type AppEvent, type AppHandlers } from '../../../src-shared/contract/index.js'
import type { Experiment } from '../../../src-shared/model/experiment.js'
import { experimentIdentity } from '../../../src-shared/model/experiment-identity.js'
import { listingFacts } from '../../../src-shared/model/run-listing.js'
import { RunId } from '../../../src-shared/model/ids.js'
import { changedAnnotations } from '../../../src-shared/model/run-annotations.js'
import type { RunListing } from '../../../src-shared/model/run-record.js'
import type { JsonValue } from '../../../src-shared/model/json.js'
import type { PixelBlock, TriggerPreview } from '../../../src-shared/model/trigger-preview.js'
import { serve } from '../../../src-shared/rpc/server.js'
import type { Transport } from '../../../src-shared/rpc/transport.js'
import { sameJson } from '../../src/schema/values.js'
import { checkExperiment } from './check-experiment.js'
import { browserClock, play, type Clock, type Player } from './player.js'
import { queuedRecord, type Recording } from './recording.js'
import { newRun, say, withoutStamp, type ReplayedRun, type Said } from './replayed-run.js'

export interface RecordedApp {
  readonly handlers: AppHandlers
  /** Answers one page, over any wire. */
  serve(transport: Transport): void
  subscribe(listener: (event: AppEvent) => void): () => void
  /** Recorded seconds per second: 1 as it was, 0 stands still, Infinity all at once. */
  setSpeed(speed: number): void
}

export interface RecordedAppOptions {
  readonly recording: Recording
  /** What there is at the start. */
  readonly runs: readonly ReplayedRun[]
  readonly speed: number
  readonly clock?: Clock
}

const DIFFERENT =
  'This is the replay of a recorded run. Nothing is computed, so what was changed in the experiment changes nothing here.'
const REAL_ENGINE = 'Take the change back, or use the real engine: npm start.'
const STOPPING =
  'Stopping: the rest of this stage is left out. The figures that follow are those of the recorded run, which went on.'

/**
 * Stands in for the application: answers the whole contract from one recorded run, and replays that run for whatever is
 * started. It computes nothing, so it is there at once, and what the recording does not hold it refuses in words.
 */
export function createRecordedApp(options: RecordedAppOptions): RecordedApp {
  const { recording, clock = browserClock } = options
  const { catalogue, datasets, estimate, preview, system } = recording
  const runs = new Map(options.runs.map((run) => [run.record.runId, run]))
  const listeners = new Set<(event: AppEvent) => void>()
  const waiting: RunId[] = []
  let { speed } = options
  // What has become known since then has its default, as it would in a run of the same file today.
  const recorded = checkExperiment(catalogue, asJson(recording.record.experiment))
  const isRecorded = (experiment: Experiment): boolean => sameJson(asJson(experiment), asJson(recorded))
  let active: { readonly runId: RunId; readonly player: Player; next: number; isPaused: boolean } | null = null
  let started = 0

  const publish = (runId: RunId, said: Said): void => {
    const { run, event } = say(found(runId), said, new Date(clock.now()).toISOString())
    runs.set(runId, run)
    for (const listener of [...listeners]) listener(event)
    if (!isTerminal(event) || active?.runId !== runId) return
    active.player.end()
    active = null
    startNext()
  }

  const startNext = (): void => {
    const runId = active === null ? waiting.shift() : undefined
    if (runId === undefined) return
    // The first one says that the run was put into the queue, which has been said.
    const events = recording.events.slice(1)
    const marksMs = events.map(({ at }) => Date.parse(at))
    const player = play(
      marksMs,
      speed,
      (index) => {
        if (active !== null) active.next = index + 1
        publish(runId, withoutStamp(events[index]!))
      },
      clock,
    )
    active = { runId, player, next: 0, isPaused: false }
    if (!isRecorded(found(runId).record.experiment)) {
      publish(runId, { type: 'run.note', level: 'warning', text: DIFFERENT })
    }
  }

  function found(runId: RunId): ReplayedRun {
    const run = runs.get(runId)
    if (run !== undefined) return run
    throw new AppError({ code: 'not-found', message: `There is no run ${runId} among the recorded ones.` })
  }

  function inProgress(runId: RunId): NonNullable<typeof active> {
    if (active?.runId === runId) return active
    throw new AppError({ code: 'conflict', message: `Run ${runId} is not in progress.` })
  }

  /** Where the next stage begins in what is replayed. */
  function nextStage(from: number): number {
    const later = recording.events.slice(1 + from).findIndex(({ type }) => type === 'run.stage')
    return later === -1 ? from : from + later
  }

  const handlers: AppHandlers = {
    ...refuseAll(),
    'catalogue.list': async () => catalogue,
    'system.report': async () => system,
    'dataset.list': async () => datasets,
    'model.list': async () => ({ models: [], unreadable: [] }),
    'study.list': async () => ({ studies: [], unreadable: [] }),
    'experiment.check': async ({ experiment }) => ({ experiment: checkExperiment(catalogue, experiment) }),

    'experiment.estimate': async ({ experiment }) => {
      if (isRecorded(checkExperiment(catalogue, experiment))) return estimate
      throw new AppError({
        code: 'unsupported',
        message: 'Only what the recorded experiment takes is known, and this one differs from it.',
        hint: REAL_ENGINE,
      })
    },
    'trigger.preview': async ({ experiment, offset, count }) => {
      const asked = checkExperiment(catalogue, experiment)
      if (!sameJson(whatIsPoisoned(asked), whatIsPoisoned(recorded))) {
        throw new AppError({
          code: 'unsupported',
          message: 'Only the images of the recorded experiment are there, and dataset, attack or seed differ from it.',
          hint: REAL_ENGINE,
        })
      }
      const { length } = preview.samples
      if (offset >= length && offset < preview.poisonedImages) {
        const message = `The recording holds the first ${length} of ${preview.poisonedImages} poisoned images.`
        throw new AppError({ code: 'unsupported', message })
      }
      return partOf(preview, offset, count)
    },

    'run.start': async ({ experiment }) => {
      const checked = checkExperiment(catalogue, experiment)
      const created = new Date(clock.now())
      const record = {
        ...queuedRecord(recording),
        runId: replayId(created, ++started),
        createdAt: created.toISOString(),
        experiment: checked,
      }
      runs.set(record.runId, newRun(record))
      waiting.push(record.runId)
      publish(record.runId, { type: 'run.queued' })
      startNext()
      return { runId: record.runId }
    },
    'run.cancel': async ({ runId }) => {
      const position = waiting.indexOf(runId)
      if (position !== -1) waiting.splice(position, 1)
      else inProgress(runId)
      publish(runId, { type: 'run.cancelled' })
      return {}
    },
    'run.pause': async ({ runId }) => {
      const run = inProgress(runId)
      if (!run.isPaused) publish(runId, { type: 'run.paused' })
      run.isPaused = true
      run.player.hold()
      return {}
    },
    'run.resume': async ({ runId }) => {
      const run = inProgress(runId)
      if (run.isPaused) publish(runId, { type: 'run.resumed' })
      run.isPaused = false
      run.player.goOn()
      return {}
    },
    'run.stop': async ({ runId }) => {
      const run = inProgress(runId)
      publish(runId, { type: 'run.note', level: 'info', text: STOPPING })
      if (run.isPaused) publish(runId, { type: 'run.resumed' })
      run.isPaused = false
      run.player.goOn()
      run.player.skipTo(nextStage(run.next))
      return {}
    },

    'run.list': async () => ({
      runs: [...runs.values()].map(listingOf).toSorted((a, b) => (a.runId < b.runId ? 1 : -1)),
      total: runs.size,
      unreadable: [],
      newer: [],
    }),
    'run.annotate': async ({ runId, change }) => {
      const run = found(runId)
      const annotations = changedAnnotations(run.annotations, change)
      runs.set(runId, { ...run, annotations })
      for (const listener of [...listeners]) listener({ type: 'run.annotated', runId, annotations })
      return { annotations }
    },
    'run.snapshot': async ({ runId, afterSeq }) => {
      const { record, events } = found(runId)
      return {
        record,
        folder: `${system.workspace}/runs/${runId}`,
        events: events.filter(({ seq }) => seq > afterSeq),
        lastSeq: events.at(-1)?.seq ?? 0,
      }
    },
  }

  const subscribe: RecordedApp['subscribe'] = (listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  return {
    handlers,
    subscribe,
    serve: (transport) =>
      serve(transport, commands, handlers, {
        subscribe,
        // There is no log to look into: whoever sees it has the tools of the browser at hand.
        onInternalError: (error) => (error instanceof Error ? (error.stack ?? error.message) : String(error)),
      }),
    setSpeed(given) {
      speed = given
      active?.player.setSpeed(given)
    },
  }
}

/** What the contract comes to ask is refused in words until it is recorded. */
function refuseAll(): AppHandlers {
  const refuse = (name: string) => async () => {
    throw new AppError({
      code: 'unsupported',
      message: `"${name}" was not recorded, and nothing is computed here.`,
      hint: REAL_ENGINE,
    })
  }
  return Object.fromEntries(Object.keys(commands).map((name) => [name, refuse(name)])) as unknown as AppHandlers
}

function listingOf({ record, annotations }: ReplayedRun): RunListing {
  return { ...listingFacts(record, experimentIdentity(record.experiment)), annotations }
}

/** Like the id of a run: the time, then a tail that counts instead of being drawn. */
function replayId(created: Date, count: number): RunId {
  const time = created.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15)
  return RunId.parse(`${time}-${count.toString(36).padStart(6, '0')}`)
}

/** The part of an experiment that a preview depends on. */
function whatIsPoisoned({ dataset, attack, seed }: Experiment): JsonValue {
  return asJson({ dataset, attack, seed })
}

function asJson(value: object): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue
}

/** Some of the images of a preview; fewer than asked for where the recording ends. */
function partOf(preview: TriggerPreview, offset: number, count: number): TriggerPreview {
  const from = Math.min(offset, preview.samples.length)
  const samples = preview.samples.slice(from, from + count)
  const part = (block: PixelBlock): PixelBlock => {
    const size = block.height * block.width * block.channels
    const bytes = atob(block.base64).slice(from * size, (from + samples.length) * size)
    return { ...block, count: samples.length, base64: btoa(bytes) }
  }
  return { ...preview, samples, clean: part(preview.clean), poisoned: part(preview.poisoned) }
}
