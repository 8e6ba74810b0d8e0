import { byteBlock, intBlock } from '../../../src-shared/model/array-block.js'
import { PoisonedSplitId, type PoisonedSplit } from '../../../src-shared/model/poisoned-dataset.js'
import type { EngineHandlers, PoisonedExperiment } from '../../engine-contract/index.js'
import { pixelsPerImage } from '../../lab/data/image-set.js'
import type { DatasetReader } from '../../lab/datasets/reader.js'
import { planExperiment, type ExperimentPlan } from '../../lab/experiment-plan.js'
import { poisonedData, type PoisonedData } from '../../lab/inspect/poisoned-data.js'
import { pixelBlock } from './pixel-block.js'
import { readSavedTrigger } from './saved-trigger.js'
import { createShelf } from './shelf.js'

/** Whoever takes images away asks for one poisoned dataset many times. */
const MAX_SETS = 1
const MAX_BYTES = 1024 ** 3

interface PoisonedSet {
  readonly plan: ExperimentPlan
  readonly data: PoisonedData
}

/** Poisoned datasets, made once more and handed out part by part. */
export function createPoisonedSets(
  reader: DatasetReader,
  named: (error: unknown) => unknown,
): Pick<EngineHandlers, 'poison.describe' | 'poison.images'> {
  const sets = createShelf<PoisonedSet>({ maxCount: MAX_SETS, maxBytes: MAX_BYTES, release: () => {} })

  async function withSet<T>(of: PoisonedExperiment, work: (set: PoisonedSet) => T): Promise<T> {
    const make = async () => {
      const plan = planExperiment(of.experiment, reader)
      const saved = of.folder === null ? null : await readSavedTrigger(of.folder)
      const data = await poisonedData(plan, reader, saved?.trigger ?? null)
      const bytes = Object.values(data).reduce((sum, { images }) => sum + images.pixels.length, 0)
      return { value: { plan, data }, bytes }
    }
    try {
      return await sets.use(JSON.stringify(of), make, async (set) => work(set))
    } catch (error) {
      throw named(error)
    }
  }

  return {
    'poison.describe': ({ of }) =>
      withSet(of, ({ plan, data }) => ({
        name: plan.experiment.name,
        shape: { ...plan.data.shape },
        classNames: [...plan.data.classNames],
        splits: PoisonedSplitId.options.map((id): PoisonedSplit => {
          const { images, trueLabels, poisoned, positions } = data[id]
          return {
            id,
            count: images.count,
            labels: byteBlock(images.labels),
            trueLabels: byteBlock(trueLabels),
            poisoned: byteBlock(poisoned),
            positions: intBlock(positions),
          }
        }),
      })),
    'poison.images': ({ of, split, from, count }) =>
      withSet(of, ({ data }) => {
        const { images } = data[split]
        const size = pixelsPerImage(images.shape)
        const end = Math.min(images.count, from + count)
        return pixelBlock(images.shape, Math.max(0, end - from), images.pixels.subarray(from * size, end * size))
      }),
  }
}
