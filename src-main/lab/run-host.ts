import type { RunFact } from '../../src-shared/contract/events.js'
import type { EngineInfo } from '../../src-shared/model/engine-info.js'
import type { CheckpointStore, StoredValues } from './checkpoints.js'
import type { Course } from './course.js'
import type { DatasetReader } from './datasets/reader.js'
import type { RunFiles } from './run-context.js'

/** What a run needs of the process that hosts it. */
export interface RunHost {
  readonly signal: AbortSignal
  readonly files: RunFiles
  readonly reader: DatasetReader
  /** The weights of the experiment's imported victim. Throws where they are not there or are others than it names. */
  readVictim(): Promise<Readonly<Record<string, StoredValues>>>
  readonly engine: EngineInfo
  now(): number
  breathe(): Promise<void>
  isStopping(): boolean
  emit(fact: RunFact): void
  /** What `emit` and `files` tell goes through it. */
  readonly course: Course
  /** Null where nothing is kept. */
  readonly checkpoints: CheckpointStore | null
  /** Resident memory of the process now. */
  memoryMb(): number
  /** Highest resident memory of the process so far. */
  peakMemoryMb(): number
}
