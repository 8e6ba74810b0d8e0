/**
 * How a run outlives the process that it runs in. A run is repeatable, so it is gone on with by running it again from the
 * start: quick work is done again, and each long piece of work goes on from the last checkpoint that it left, with its
 * weights, optimizer slots and position, and with all random streams as they were then. Which checkpoints there are
 * changes how long that takes and nothing else: without any, everything is done again, and ends the same.
 */
import { AppError } from '../../src-shared/contract/errors.js'
import type { JsonValue } from '../../src-shared/model/json.js'
import { disposeTensors, tensorOf, type TensorMap } from './compute/tensor-map.js'
import { tf, type Tensor } from './tf.js'

/** How far a piece of work is. Whoever receives it owns the tensors; whoever gives it keeps them. */
export interface Reached {
  /** Plain data. */
  readonly data: JsonValue
  readonly tensors: TensorMap
}

/** A long piece of work that has begun. */
export interface Work {
  /** How far it got before; null at its beginning. The tensors belong to the caller. */
  readonly reached: Reached | null
  /** Whether that is its result. */
  readonly isDone: boolean
  /** At a point that the work can go on from, named by `at` for people: asks for its state if it is time to keep it. */
  keep(at: string, state: () => Reached): Promise<void>
  /** The result, which makes what was kept on the way superfluous. */
  finish(result: Reached): Promise<void>
}

export interface Checkpoints {
  /**
   * Begins the next long piece of work; pieces may lie inside each other. `recall` puts back what the caller remembers
   * besides, before the random streams are put back.
   */
  begin(name: string, recall?: (data: JsonValue) => Promise<void>): Promise<Work>
}

/** A tensor's content as it is stored. */
export interface StoredValues {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

export interface Checkpoint {
  /** Plain data. */
  readonly header: JsonValue
  readonly tensors: Readonly<Record<string, StoredValues>>
}

/** As tensors, owned by the caller. */
export function tensorsOfStored(stored: Readonly<Record<string, StoredValues>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(stored).map(([name, { shape, values }]) => [name, tf.tensor(values, [...shape], 'float32')]),
  )
}

/** The reverse; the tensors stay the caller's. */
export async function storedValues<N extends string>(
  tensors: Readonly<Record<N, Tensor>>,
): Promise<Record<N, StoredValues>> {
  const stored: Partial<Record<N, StoredValues>> = {}
  for (const [name, tensor] of Object.entries<Tensor>(tensors)) {
    stored[name as N] = { shape: tensor.shape, values: Float32Array.from(await tensor.data()) }
  }
  return stored as Record<N, StoredValues>
}

/** Where checkpoints are kept: of each piece of work, by its number, the newest and the one before it. */
export interface CheckpointStore {
  /** The least time between two of them; 0: as many as there can be, whatever they cost. */
  readonly everyMs: number
  /**
   * Null where there is none; `unusable` says what is wrong with one. Throws where a newer version wrote it.
   */
  read(work: number, which: 'newest' | 'before'): Promise<Checkpoint | { unusable: string } | null>
  /** Numbers of the pieces of work of which there are any. */
  works(): Promise<number[]>
  /** Whole or not at all; the newest until then becomes the one before. */
  write(work: number, checkpoint: Checkpoint): Promise<void>
  remove(work: number): Promise<void>
}

/** For work on its own: nothing is kept. */
export const noCheckpoints: Checkpoints = {
  begin: async () => ({ reached: null, isDone: false, keep: async () => {}, finish: async () => {} }),
}

/**
 * Puts saved tensors in the place of those that a loop starts with, which are freed. Throws where they are not of the
 * same names and shapes: they come from a file.
 */
export function takeOver(initial: TensorMap, saved: TensorMap): TensorMap {
  const names = Object.keys(initial)
  const fits =
    names.length === Object.keys(saved).length &&
    names.every((name) => saved[name]?.shape.join() === tensorOf(initial, name).shape.join())
  if (!fits) {
    disposeTensors(saved)
    throw new AppError({
      code: 'conflict',
      message: 'A checkpoint of the run does not fit its network.',
      hint: 'It was left by another version: take the folder "checkpoint" out of the run folder to begin from the start.',
    })
  }
  // In the order of the initial ones, which graphs are recorded by.
  const ordered = Object.fromEntries(names.map((name) => [name, tensorOf(saved, name)]))
  disposeTensors(initial)
  return ordered
}
