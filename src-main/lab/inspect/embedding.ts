import { floatBlock, intBlock } from '../../../src-shared/model/array-block.js'
import type { Embedding, SplitId } from '../../../src-shared/model/inspection.js'
import type { TensorMap } from '../compute/tensor-map.js'
import { allImages } from '../data/batches.js'
import { lastFeatures, layerActivation } from '../evaluation/features.js'
import type { OpenRun } from './open-run.js'
import { principalComponents, project } from './principal-components.js'
import { allIndices, evenlySpread, inParts, passSize } from './spread.js'
import { viewImages, type OpenView } from './view-images.js'
import type { Watch } from './watch.js'

export interface EmbeddedModel {
  readonly id: string
  readonly weights: TensorMap
}

/** What the classifying layer receives of samples, for every model in every view, along common principal components. */
export async function embedSamples(
  run: OpenRun,
  models: readonly EmbeddedModel[],
  views: readonly OpenView[],
  { split, limit, components }: { split: SplitId; limit: number; components: number },
  watch: Watch,
): Promise<Embedding> {
  const { network } = run
  const { name, channels } = lastFeatures(network)
  const indices = evenlySpread(allIndices(run.splits[split].images.count), limit)
  const clouds = models.flatMap((model) =>
    views.map((view, position) => ({ model, view, position, features: new Float32Array(indices.length * channels) })),
  )
  const total = clouds.length * indices.length
  let done = 0
  for (const { model, view, features } of clouds) {
    let at = 0
    for (const part of inParts(indices, passSize(network))) {
      watch.progress(done, total)
      await watch.breathe()
      const images = allImages(viewImages(run, split, part, view).set)
      const activation = layerActivation({ network, weights: model.weights }, name, images)
      features.set(await activation.data(), at * channels)
      images.dispose()
      activation.dispose()
      at += part.length
      done += part.length
    }
  }
  watch.progress(done, total)
  const all = new Float32Array(total * channels)
  clouds.forEach(({ features }, k) => all.set(features, k * features.length))
  const axes = principalComponents(all, channels, Math.min(components, channels), run.random.stream('inspection.axes'))
  return {
    indices: intBlock(Int32Array.from(indices)),
    clouds: clouds.map(({ model, position, features }) => ({
      model: model.id,
      view: position,
      points: floatBlock(project(features, channels, axes), [indices.length, axes.directions.length]),
    })),
    explained: [...axes.explained],
  }
}
