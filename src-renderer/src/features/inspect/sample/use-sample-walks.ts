import { bytesOf, floatsOf } from '../../../../../src-shared/model/array-block.js'
import type { Explanation, ModelId, Region } from '../../../../../src-shared/model/inspection.js'
import { useAppClient } from '../../../stores/app-client.js'
import { imagesOf, type Pixels } from '../../../ui/pixels/pixels.js'
import type { Inspecting } from '../inspecting.js'
import type { ViewName } from '../inspect-place.js'
import { useWalk, type Walk } from './use-walk.js'

/** Samples that are asked for before they are looked at, in one go. */
const AHEAD = 8

/** A sample as a view shows it. */
export interface SamplePicture {
  readonly pixels: Pixels
  /** What the view's trigger paints. */
  readonly region: Region | null
}

/** What a model answers to a sample in a view, and why. */
export interface SampleAnswer {
  readonly probabilities: Float32Array
  /** The class that the heat explains. */
  readonly explained: number
  /** height x width. */
  readonly heat: Float32Array
  /** Share of the positive heat inside the trigger of the view, 0 to 1; NaN where there is none of either. */
  readonly inside: number
  /** 1 where the hottest pixel lies inside it; NaN as above. */
  readonly pointing: number
}

export type SamplePictures = ReadonlyMap<ViewName, SamplePicture>
export type SampleAnswers = ReadonlyMap<string, SampleAnswer>

export const cellKey = (model: ModelId, view: ViewName): string => `${model} ${view}`

export interface SampleWalks {
  readonly pictures: Walk<SamplePictures>
  readonly explanations: Walk<SampleAnswers>
}

/** Pictures and explanations of the sample that is looked at, and of the next ones in the order of the grid. */
export function useSampleWalks(inspecting: Inspecting): SampleWalks {
  const { inspection, place, sample, samples, split, usable, comparedViews, viewOf } = inspecting
  const client = useAppClient()
  const { runId } = inspection

  const known = (): number | null => {
    const count = split.value.value?.count ?? 0
    return sample.value !== null && sample.value < count ? sample.value : null
  }
  const next = (index: number): readonly number[] => {
    const order = samples.value ?? new Int32Array()
    const at = order.indexOf(index)
    return [...order.subarray(at + 1, at + 1 + AHEAD)]
  }

  const pictures = useWalk<SamplePictures>({
    settings: () => JSON.stringify([place.value.split, comparedViews.value.map(viewOf)]),
    sample: known,
    next,
    async fetch(indices) {
      const names = comparedViews.value
      const shown = await Promise.all(
        names.map((name) =>
          client.call('inspection.images', { runId, split: place.value.split, indices, view: viewOf(name) }),
        ),
      )
      const images = shown.map((answer) => imagesOf(answer.images))
      return indices.map(
        (_, k) =>
          new Map(
            names.map((name, row) => [name, { pixels: images[row]![k]!, region: shown[row]!.regions[k] ?? null }]),
          ),
      )
    },
  })

  const explanations = useWalk<SampleAnswers>({
    settings: () => {
      if (usable.value.length === 0) return null
      const { split: splitId, method, layer, explained } = place.value
      return JSON.stringify([
        splitId,
        comparedViews.value.map(viewOf),
        usable.value.map(({ id }) => id),
        method,
        layer,
        explained,
      ])
    },
    sample: known,
    next,
    async fetch(indices, task) {
      const names = comparedViews.value
      const { split: splitId, method, layer, explained } = place.value
      const answer = await client.call('inspection.explain', {
        runId,
        split: splitId,
        indices,
        models: usable.value.map(({ id }) => id),
        views: names.map(viewOf),
        method,
        layer,
        class: explained,
        task,
      })
      return answersBySample(answer.explanations, names, indices.length)
    },
  })
  return { pictures, explanations }
}

function answersBySample(
  explanations: readonly Explanation[],
  views: readonly ViewName[],
  count: number,
): Map<string, SampleAnswer>[] {
  const decoded = explanations.map(({ model, view, probabilities, classes, heat, inside, pointing }) => ({
    key: cellKey(model, views[view]!),
    probabilities: floatsOf(probabilities),
    classes: bytesOf(classes),
    heat: floatsOf(heat),
    inside: floatsOf(inside),
    pointing: floatsOf(pointing),
  }))
  const part = (values: Float32Array, k: number): Float32Array => {
    const size = values.length / count
    return values.subarray(k * size, (k + 1) * size)
  }
  return Array.from(
    { length: count },
    (_, k) =>
      new Map(
        decoded.map(({ key, probabilities, classes, heat, inside, pointing }) => [
          key,
          {
            probabilities: part(probabilities, k),
            explained: classes[k]!,
            heat: part(heat, k),
            inside: inside[k]!,
            pointing: pointing[k]!,
          },
        ]),
      ),
  )
}
