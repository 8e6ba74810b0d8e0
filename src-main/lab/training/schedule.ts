export type Schedule = 'cosine' | 'constant'

/** Learning rate when `progress` (0..1) of a run is done. */
export function learningRateAt(schedule: Schedule, initial: number, progress: number): number {
  return schedule === 'cosine' ? cosineLearningRate(initial, progress) : initial
}

/** Cosine annealing (Loshchilov and Hutter, 2017) from `initial` to 0 over the run; `progress` is 0..1. */
export function cosineLearningRate(initial: number, progress: number): number {
  return 0.5 * initial * (1 + Math.cos(Math.PI * progress))
}
