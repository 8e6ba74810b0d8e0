/**
 * Spectral signatures. Tran, Li and Madry, "Spectral Signatures in Backdoor Attacks", NeurIPS 2018 (arXiv 1811.00636).
 * Poisoned samples of a class shift its features in one direction, which is then the one with most variance: how far a
 * sample lies along it tells them apart.
 */
import { z } from 'zod'
import { defineDetector } from '../define.js'
import { principalComponents, project } from '../inspect/principal-components.js'
import type { Rng } from '../random/rng.js'
import { scoreByClass, type ClassFeatures } from './class-features.js'

export const spectralSignatures = defineDetector({
  id: 'spectral-signatures',
  family: 'features',
  title: 'Spectral signatures',
  summary: "How far a training sample lies along the direction in which its class's features vary most.",
  paper: {
    title: 'Spectral Signatures in Backdoor Attacks',
    authors: 'Tran, Li, Madry',
    year: 2018,
    url: 'https://arxiv.org/abs/1811.00636',
  },
  params: z.strictObject({
    compare: z
      .enum(['rank', 'score'])
      .default('rank')
      .meta({
        title: 'Compare',
        description:
          'rank: the share of its class that a sample lies further out than, as where the same share of each class is ' +
          'taken away. score: the squared distance itself, so that a class may have many suspects and another none.',
      }),
  }),
  presets: [
    {
      id: 'across-classes',
      title: 'Across classes',
      differs: 'Compares squared distances of all classes with each other; the paper takes the same share of each.',
      oracle: false,
      params: { compare: 'score' },
    },
  ],
  scoreTitle: 'Outlyingness along the direction of most variance',
  check: () => [],

  examination: {
    of: 'training-set',
    score: ({ compare }, { victim, random }, suspects, watch) =>
      scoreByClass(victim, suspects, 2, watch, (samples, label) => {
        const distances = outlierScores(samples, random.stream(`class.${label}`))
        return compare === 'score' ? distances : ranks(distances)
      }),
  },
})

/** Squared distances from the mean along the right singular vector of the centred features with the largest value. */
export function outlierScores(
  { features, dimensions }: Pick<ClassFeatures, 'features' | 'dimensions'>,
  rng: Rng,
): Float32Array {
  const direction = principalComponents(features, dimensions, 1, rng)
  // Features that do not vary have no direction.
  if (direction.directions.length === 0) return new Float32Array(features.length / dimensions)
  return project(features, dimensions, direction).map((along) => along ** 2)
}

/** Of each value, the share (0..1) of all that are smaller. */
function ranks(values: Float32Array): Float32Array {
  const sorted = values.toSorted()
  const firstAt = new Map<number, number>()
  sorted.forEach((value, index) => {
    if (!firstAt.has(value)) firstAt.set(value, index)
  })
  return values.map((value) => firstAt.get(value)! / values.length)
}
