import type { RunFact } from '../../src-shared/contract/events.js'
import type { StageKind } from '../../src-shared/model/run-record.js'
import type { Checkpoints } from './checkpoints.js'
import type { TensorMap } from './compute/tensor-map.js'
import type { ImageShape } from './data/image-set.js'

type FactOf<T extends RunFact['type']> = Omit<Extract<RunFact, { type: T }>, 'type' | 'stage'>

export interface PixelImage {
  readonly shape: ImageShape
  /** height x width x channels, 0..255. */
  readonly pixels: Uint8Array
}

/** Where a run leaves its files. Paths are inside the run folder; each file is written whole or not at all. */
export interface RunFiles {
  saveTensors(path: string, title: string, tensors: TensorMap, metadata: Record<string, string>): Promise<void>
  saveImage(path: string, title: string, image: PixelImage): Promise<void>
  saveJson(path: string, title: string, value: unknown): Promise<void>
}

/** Where in its loop a defense is. Epoch 0, step 0: the victim's own weights. */
export interface Moment {
  readonly epoch: number
  readonly epochs: number
  /** Within the epoch, from 1. */
  readonly step: number
  readonly stepsPerEpoch: number
}

/** The world as a method of the laboratory sees it: how to report, save, breathe and stop. */
export interface RunContext {
  readonly signal: AbortSignal
  readonly files: RunFiles
  /** For work that takes long. */
  readonly checkpoints: Checkpoints
  /** Milliseconds on a clock that never goes back. */
  now(): number
  /** Lets messages in (a request to cancel, say). Cheap enough to await ten times a second. */
  breathe(): Promise<void>
  progress(progress: FactOf<'run.progress'>): void
  metrics(metrics: FactOf<'run.metrics'>): void
  note(level: 'info' | 'warning', text: string): void
  enterStage(kind: StageKind): void
  /** True once the researcher has asked to stop and keep: loops end after their present epoch. */
  readonly isStopping: () => boolean
  /**
   * Shows the weights as they are to the evaluation, which measures them and tells the defense nothing. The weights
   * stay the caller's; fetching them takes time, so they are asked for when they are looked at.
   */
  observe(weights: () => TensorMap, moment: Moment): Promise<void>
}
