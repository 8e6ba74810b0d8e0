import { fingerprint } from './data/fingerprint.js'
import type { DatasetReader } from './datasets/reader.js'
import type { Dataset } from './define.js'
import type { ExperimentPlan } from './experiment-plan.js'
import type { RandomStreams } from './random/streams.js'

/** The images of a run, and what tells them from others. */
export async function loadImages(
  { dataset }: ExperimentPlan,
  reader: DatasetReader,
  random: RandomStreams,
): Promise<{ dataset: Dataset; images: string }> {
  const loaded = await dataset.definition.load(dataset.params, { reader, random: random.within('dataset') })
  return { dataset: loaded, images: fingerprint([loaded.train, loaded.test]) }
}
