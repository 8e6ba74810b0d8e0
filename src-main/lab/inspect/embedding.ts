import { invalidInput } from '../../../src-shared/contract/field-errors.js'
import { floatBlock, intBlock } from '../../../src-shared/model/array-block.js'
import type { Embedding, EmbedMethod, SplitId } from '../../../src-shared/model/inspection.js'
import type { TensorMap } from '../compute/tensor-map.js'
import { allImages } from '../data/batches.js'
import { lastFeatures, readFeatures } from '../evaluation/features.js'
import { tsne } from './embed/t-sne.js'
import { umap } from './embed/umap.js'
import type { OpenRun } from './open-run.js'
import { principalComponents, project } from './principal-components.js'
import { allIndices, evenlySpread, inParts, passSize } from './spread.js'
import { viewImages, type OpenView } from './view-images.js'
import type { Watch } from './watch.js'

/** Of what t-SNE and UMAP are given: more components carry little but noise. */
const KEPT_COMPONENTS = 50
/** Points that t-SNE and UMAP take at most: their time and memory grow with the square. */
const MOST_POINTS = 4000

export interface EmbeddedModel {
  readonly id: string
  readonly weights: TensorMap
}

export interface EmbedChoice {
  readonly split: SplitId
  readonly limit: number
  readonly components: number
  readonly method: EmbedMethod
}

/** What the classifying layer receives of samples, for every model in every view, brought into one space. */
export async function embedSamples(
  run: OpenRun,
  models: readonly EmbeddedModel[],
  views: readonly OpenView[],
  { split, limit, components, method }: EmbedChoice,
  watch: Watch,
): Promise<Embedding> {
  const { network } = run
  const { channels } = lastFeatures(network)
  const indices = evenlySpread(allIndices(run.splits[split].images.count), limit)
  checkPoints(method, models.length * views.length * indices.length)
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
      features.set(await readFeatures({ network, weights: model.weights }, images), at * channels)
      at += part.length
      done += part.length
    }
  }
  watch.progress(done, total)
  const all = new Float32Array(total * channels)
  clouds.forEach(({ features }, k) => all.set(features, k * features.length))
  const wanted = method.kind === 'pca' ? components : KEPT_COMPONENTS
  const axes = principalComponents(all, channels, Math.min(wanted, channels), run.random.stream('inspection.axes'))
  const projected = project(all, channels, axes)
  const places = await inThePlane(run, method, projected, axes.directions.length, watch)
  const dimensions = places.length / total
  return {
    indices: intBlock(Int32Array.from(indices)),
    clouds: clouds.map(({ model, position }, k) => {
      const size = indices.length * dimensions
      const points = floatBlock(places.slice(k * size, (k + 1) * size), [indices.length, dimensions])
      return { model: model.id, view: position, points }
    }),
    explained: method.kind === 'pca' ? [...axes.explained] : null,
  }
}

async function inThePlane(
  { random }: OpenRun,
  method: EmbedMethod,
  points: Float32Array,
  dimensions: number,
  watch: Watch,
): Promise<Float32Array> {
  switch (method.kind) {
    case 'pca':
      return points
    case 't-sne':
      return tsne(points, dimensions, method, watch)
    case 'umap':
      return umap(points, dimensions, method, random.within('inspection').stream(`umap.${method.seed}`), watch)
  }
}

/** Refuses what cannot be computed, before any feature is. */
function checkPoints(method: EmbedMethod, points: number): void {
  if (method.kind === 'pca') return
  const refuse = (path: string, value: number, message: string): never => {
    throw invalidInput([{ path, value: String(value), message }])
  }
  if (points > MOST_POINTS) refuse('limit', points, `gives more than ${MOST_POINTS} points in all; take fewer samples`)
  if (method.kind === 't-sne' && 3 * method.perplexity >= points) {
    refuse('method.perplexity', method.perplexity, `must be below a third of the ${points} points`)
  }
  if (method.kind === 'umap' && method.neighbours >= points) {
    refuse('method.neighbours', method.neighbours, `must be below the number of points, ${points}`)
  }
}
