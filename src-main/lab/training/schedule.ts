export interface Schedule {
  /** `step`: a tenth of the learning rate once `dropAfter` epochs are over. */
  readonly schedule: 'cosine' | 'constant' | 'step'
  /** At the start. */
  readonly learningRate: number
  readonly epochs: number
  readonly dropAfter?: number
}

/** Learning rate when `progress` (0..1) of all epochs is done. */
export function learningRateAt(
  { schedule, learningRate, epochs, dropAfter = epochs }: Schedule,
  progress: number,
): number {
  switch (schedule) {
    case 'cosine':
      return cosineLearningRate(learningRate, progress)
    case 'step':
      // Steps are whole parts of the run, which floating point cannot always tell.
      return progress * epochs >= dropAfter - 1e-9 ? learningRate / 10 : learningRate
    case 'constant':
      return learningRate
  }
}

/** Cosine annealing (Loshchilov and Hutter, 2017) from `initial` to 0 over the run; `progress` is 0..1. */
export function cosineLearningRate(initial: number, progress: number): number {
  return 0.5 * initial * (1 + Math.cos(Math.PI * progress))
}
