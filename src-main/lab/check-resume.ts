import type { CheckpointStore } from './checkpoints.js'
import type { DatasetReader } from './datasets/reader.js'
import type { ExperimentPlan } from './experiment-plan.js'
import { CheckpointHeader, requireSameImages } from './keep-checkpoints.js'
import { loadImages } from './load-images.js'
import { createRandomStreams } from './random/streams.js'

/**
 * Looks, before a run is gone on with, whether it can be: throws where its dataset is missing or has other images now, or
 * where a newer version left a checkpoint. What is damaged is no reason: the run goes on from what is older.
 */
export async function checkResume(
  plan: ExperimentPlan,
  reader: DatasetReader,
  checkpoints: Pick<CheckpointStore, 'works' | 'read'>,
): Promise<void> {
  const { images } = await loadImages(plan, reader, createRandomStreams(plan.experiment.seed))
  for (const work of await checkpoints.works()) {
    for (const which of ['newest', 'before'] as const) {
      const found = await checkpoints.read(work, which)
      const header = CheckpointHeader.safeParse(found !== null && 'header' in found ? found.header : null)
      if (header.success) requireSameImages(header.data.images, images)
    }
  }
}
