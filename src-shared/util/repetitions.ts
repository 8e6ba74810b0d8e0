/** What distinguishes repetitions of an experiment. Names of runs sort by the time of their creation. */
export interface Repetition {
  readonly runId: string
  readonly seed: number
}

/**
 * One run for each seed, the newest: the same seed again is no independent repetition, and counting it as one would make
 * an interval narrower than it is. In the order of the seeds.
 */
export function newestPerSeed<T extends Repetition>(runs: readonly T[]): T[] {
  const bySeed = new Map<number, T>()
  for (const run of runs) {
    const known = bySeed.get(run.seed)
    if (known === undefined || known.runId < run.runId) bySeed.set(run.seed, run)
  }
  return [...bySeed.values()].toSorted((a, b) => a.seed - b.seed)
}
