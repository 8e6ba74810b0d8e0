import { join } from 'node:path'
import { AppError } from '../../src-shared/contract/errors.js'
import type { RunFact } from '../../src-shared/contract/events.js'
import type { EngineInfo } from '../../src-shared/model/engine-info.js'
import { wireErrorOf } from '../../src-shared/rpc/server.js'
import type { DatasetReader } from '../lab/datasets/reader.js'
import type { ExperimentPlan } from '../lab/experiment-plan.js'
import type { RunHost } from '../lab/run-host.js'
import { createCourse } from '../lab/course.js'
import { runExperiment } from '../lab/run-experiment.js'
import { tf } from '../lab/tf.js'
import { createCheckpointFiles } from './checkpoint-files.js'
import type { JobControl } from './job-control.js'
import { createRunFiles } from './run-files.js'
import { CHECKPOINTS } from '../storage/checkpoint-file.js'

const MB = 1024 * 1024

export interface JobOptions {
  readonly plan: ExperimentPlan
  readonly folder: string
  readonly readVictim: RunHost['readVictim']
  /** Facts of its course that were told and written down before, when it was run in part. */
  readonly told: number
  /** The least time between two checkpoints. */
  readonly everyMs: number
  readonly engine: EngineInfo
  readonly reader: DatasetReader
  readonly control: JobControl
  readonly emit: (fact: RunFact) => void
  /** Keeps the details of an unexpected error; returns the id to find them by. */
  readonly log: (error: unknown) => string
}

/** Runs one experiment to its terminal fact: finished, failed or cancelled. Never throws. */
export async function runJob(options: JobOptions): Promise<void> {
  const { plan, folder, readVictim, engine, reader, control, emit, log } = options
  const tensorsBefore = tf.memory().numTensors
  const course = createCourse(options.told, emit)
  try {
    const files = createRunFiles(folder, (artifact) => course.emit({ type: 'run.artifact', artifact }))
    const summary = await runExperiment(plan, {
      signal: control.signal,
      files,
      reader,
      readVictim,
      engine,
      now: () => control.now(),
      breathe: () => control.breathe(),
      isStopping: () => control.isStopping(),
      emit: (fact) => course.emit(fact),
      course,
      checkpoints: createCheckpointFiles(join(folder, CHECKPOINTS), options.everyMs),
      memoryMb,
      peakMemoryMb,
    })
    emit({ type: 'run.finished', summary })
  } catch (error) {
    const wire = wireErrorOf(knownError(error), log)
    const leaked = tf.memory().numTensors - tensorsBefore
    if (leaked !== 0) emit({ type: 'run.note', level: 'warning', text: `${leaked} tensors were left behind.` })
    emit(wire.code === 'cancelled' ? { type: 'run.cancelled' } : { type: 'run.failed', error: wire })
  }
}

/** Resident memory of this process. */
export function memoryMb(): number {
  return process.memoryUsage.rss() / MB
}

/** Highest resident memory of this process so far. */
export function peakMemoryMb(): number {
  return (process.resourceUsage().maxRSS * 1024) / MB
}

/** Errors of TensorFlow and the file system that have a better name than `internal`. */
export function knownError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error
  if (/OOM|resource exhausted|failed to allocate|out of memory/i.test(error.message)) {
    return new AppError(
      { code: 'out-of-memory', message: error.message, hint: 'Use a smaller batch size or a narrower model.' },
      { cause: error },
    )
  }
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EACCES' || code === 'EROFS' || code === 'ENOENT') {
    return new AppError(
      { code: 'storage', message: error.message, hint: 'Check the folder and the space left.' },
      { cause: error },
    )
  }
  return error
}
