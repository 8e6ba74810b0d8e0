import type { RunFact } from '../../src-shared/contract/events.js'
import type { EngineInfo } from '../../src-shared/model/engine-info.js'
import type { DatasetReader } from './datasets/reader.js'
import type { RunFiles } from './run-context.js'

/** What a run needs of the process that hosts it. */
export interface RunHost {
  readonly signal: AbortSignal
  readonly files: RunFiles
  readonly reader: DatasetReader
  readonly engine: EngineInfo
  now(): number
  breathe(): Promise<void>
  isStopping(): boolean
  emit(fact: RunFact): void
  /** Resident memory of the process now. */
  memoryMb(): number
  /** Highest resident memory of the process so far. */
  peakMemoryMb(): number
}
