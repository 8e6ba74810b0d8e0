import type { RunFact } from '../../src-shared/contract/events.js'
import { StageKind, type Stage, type StageSeconds } from '../../src-shared/model/run-record.js'
import type { Checkpoints } from './checkpoints.js'
import type { RunContext, RunFiles } from './run-context.js'
import type { RunHost } from './run-host.js'

export interface StageClock {
  readonly context: RunContext
  /** The context of one defense, whose files go into `folder` of the run (empty for the run folder itself). */
  contextIn(folder: string): RunContext
  enter(kind: StageKind): void
  /** Reports what a wall of images looks like in the present stage. */
  showWall(frame: Omit<Extract<RunFact, { type: 'run.wall' }>, 'type' | 'stage'>): void
  /** Time spent per kind of stage until now, and in total. */
  seconds(): StageSeconds
  /** The stage that the run is in; empty before the first. */
  title(): string
  state(): ClockState
  /** Goes on from there: in that stage, with the time spent until then. */
  restore(state: ClockState): void
}

export interface ClockState {
  /** -1 before the first. */
  readonly stage: number
  /** By kind of stage. */
  readonly spentMs: Record<string, number>
  readonly totalMs: number
}

/** Walks through the planned stages in order, tells the host of each, and adds up the time. */
export function createStageClock(stages: readonly Stage[], host: RunHost, checkpoints: () => Checkpoints): StageClock {
  let started = host.now()
  const spentMs = Object.fromEntries(StageKind.options.map((kind) => [kind, 0])) as Record<StageKind, number>
  let index = -1
  let entered = started

  const leave = (): void => {
    const stage = stages[index]
    if (stage !== undefined) spentMs[stage.kind] += host.now() - entered
    entered = host.now()
  }

  /** The next stage of that kind: a defense that finds nothing to unlearn skips a stage. */
  const enter = (kind: StageKind): void => {
    leave()
    const next = stages.findIndex((stage, position) => position > index && stage.kind === kind)
    if (next === -1) throw new Error(`The plan has no further stage "${kind}" after stage ${index}`)
    index = next
    host.emit({ type: 'run.stage', index })
  }

  const contextWith = (files: RunFiles): RunContext => ({
    signal: host.signal,
    files,
    checkpoints: { begin: (...work) => checkpoints().begin(...work) },
    now: () => host.now(),
    breathe: () => host.breathe(),
    progress: (progress) => host.emit({ type: 'run.progress', stage: index, memoryMb: host.memoryMb(), ...progress }),
    metrics: (metrics) => host.emit({ type: 'run.metrics', stage: index, ...metrics }),
    note: (level, text) => host.emit({ type: 'run.note', level, text }),
    enterStage: enter,
    isStopping: () => host.isStopping(),
    observe: async () => {},
  })

  return {
    context: contextWith(host.files),
    contextIn: (folder) => contextWith(inFolder(host.files, folder)),
    enter,
    showWall: (frame) => host.emit({ type: 'run.wall', stage: index, ...frame }),
    title: () => stages[index]?.title ?? '',
    state() {
      leave()
      return { stage: index, spentMs: { ...spentMs }, totalMs: host.now() - started }
    },
    restore(state) {
      index = state.stage
      Object.assign(spentMs, state.spentMs)
      entered = host.now()
      started = entered - state.totalMs
    },
    seconds() {
      leave()
      const seconds = Object.fromEntries(Object.entries(spentMs).map(([kind, ms]) => [kind, ms / 1000]))
      return { ...(seconds as Record<StageKind, number>), total: (host.now() - started) / 1000 }
    },
  }
}

function inFolder(files: RunFiles, folder: string): RunFiles {
  return {
    saveTensors: (path, ...rest) => files.saveTensors(folder + path, ...rest),
    saveImage: (path, ...rest) => files.saveImage(folder + path, ...rest),
    saveJson: (path, ...rest) => files.saveJson(folder + path, ...rest),
  }
}
