/** Cosine annealing (Loshchilov and Hutter, 2017) from `initial` to 0 over the run; `progress` is 0..1. */
export function cosineLearningRate(initial: number, progress: number): number {
  return 0.5 * initial * (1 + Math.cos(Math.PI * progress))
}
