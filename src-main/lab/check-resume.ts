import type { CheckpointStore } from './checkpoints.js'
import type { DatasetReader } from './datasets/reader.js'
import type { ExperimentPlan } from './experiment-plan.js'
import { CheckpointHeader, requireSameImages } from './keep-checkpoints.js'
import { loadImages } from './load-images.js'
import { createRandomStreams } from './random/streams.js'

/** What there is of a run that ended before it was done. */
export interface LeftBehind {
  /** The images that it began with, as its record says; null where that does not. */
  readonly images: string | null
  readonly checkpoints: Pick<CheckpointStore, 'works' | 'read'>
}

/**
 * Looks, before a run is gone on with, whether it can be: throws where its dataset is missing or has other images now, or
 * where a newer version left a checkpoint. What is damaged is no reason: the run goes on from what is older.
 */
export async function checkResume(
  plan: ExperimentPlan,
  reader: DatasetReader,
  { images: begunWith, checkpoints }: LeftBehind,
): Promise<void> {
  const { images } = await loadImages(plan, reader, createRandomStreams(plan.experiment.seed))
  if (begunWith !== null) requireSameImages(begunWith, images)
  for (const work of await checkpoints.works()) {
    for (const which of ['newest', 'before'] as const) {
      const found = await checkpoints.read(work, which)
      const header = CheckpointHeader.safeParse(found !== null && 'header' in found ? found.header : null)
      if (header.success) requireSameImages(header.data.images, images)
    }
  }
}
