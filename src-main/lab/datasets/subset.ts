import { z } from 'zod'
import type { FieldError } from '../../../src-shared/contract/errors.js'
import { selectImages, type ImageSet } from '../data/image-set.js'
import type { Rng } from '../random/rng.js'
import type { RandomStreams } from '../random/streams.js'

const imageCount = z.int().min(1).nullable().default(null)

/** Parameters that every dataset has: to use only a part of each split. */
export const subsetFields = {
  trainImages: imageCount.meta({
    title: 'Training images',
    description: 'Use only so many training images, drawn by the seed with as many of each class as of any other.',
  }),
  testImages: imageCount.meta({
    title: 'Test images',
    description: 'Use only so many test images, drawn in the same way.',
  }),
}

export interface SubsetParams {
  readonly trainImages: number | null
  readonly testImages: number | null
}

/** What is wrong with the parameters where the splits have this many images. */
export function checkSubset(
  params: SubsetParams,
  available: { trainImages: number; testImages: number },
): FieldError[] {
  return (['trainImages', 'testImages'] as const).flatMap((path) => {
    const wanted = params[path]
    if (wanted === null || wanted <= available[path]) return []
    return [{ path, value: String(wanted), message: `must be at most ${available[path]}: there are no more` }]
  })
}

/** Each split as it is, or its part. */
export function takeSubsets<T extends { readonly train: ImageSet; readonly test: ImageSet }>(
  splits: T,
  { trainImages, testImages }: SubsetParams,
  random: RandomStreams,
): T {
  return {
    ...splits,
    train: balancedSubset(splits.train, trainImages, random.stream('train-subset')),
    test: balancedSubset(splits.test, testImages, random.stream('test-subset')),
  }
}

/** `count` images, in their order. Classes that have too few for an equal share leave the rest to the others. */
function balancedSubset(set: ImageSet, count: number | null, rng: Rng): ImageSet {
  if (count === null || count >= set.count) return set
  const waiting = new Map<number, number[]>()
  for (const index of rng.permutation(set.count)) {
    const label = set.labels[index]!
    const indices = waiting.get(label)
    if (indices === undefined) waiting.set(label, [index])
    else indices.push(index)
  }
  const chosen: number[] = []
  // One of each class in turn, classes in random order (that of their first image), so that no class is preferred.
  while (chosen.length < count) {
    for (const indices of waiting.values()) {
      const index = indices.pop()
      if (index !== undefined && chosen.length < count) chosen.push(index)
    }
  }
  return selectImages(set, Uint32Array.from(chosen).toSorted())
}
