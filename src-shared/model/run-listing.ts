import type { RunListing, RunRecord } from './run-record.js'

/** What the list says of a run, from its record. `experimentKey`: the same for runs that differ only in seed and name. */
export function listingFacts(
  { runId, status, createdAt, summary, error, experiment }: RunRecord,
  experimentKey: string,
): Omit<RunListing, 'annotations'> {
  return {
    runId,
    status,
    createdAt,
    error,
    name: experiment.name,
    seed: experiment.seed,
    dataset: experiment.dataset.id,
    model: experiment.model.id,
    attack: experiment.attack?.id ?? null,
    defenses: experiment.defenses.map(({ id }) => id),
    experimentKey,
    summary: summary && {
      before: summary.before,
      defenses: summary.defenses.map(({ after, knowledge }) => ({ after, knowledge })),
      seconds: { total: summary.seconds.total },
    },
  }
}
