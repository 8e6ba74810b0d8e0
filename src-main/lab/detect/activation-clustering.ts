/**
 * Activation clustering. Chen, Carvalho, Baracaldo, Ludwig, Edwards, Lee, Molloy and Srivastava, "Detecting Backdoor
 * Attacks on Deep Neural Networks by Activation Clustering", 2018 (arXiv 1811.03728). The features of each class are
 * parted in two: in a poisoned class, poisoned and clean samples part well, and the smaller part is the poisoned one.
 *
 * The paper reduces features by independent components. Those are whitened principal components, turned; turning changes
 * no distance, hence no cluster, so it is left out.
 */
import { z } from 'zod'
import { defineDetector } from '../define.js'
import { principalComponents, project } from '../inspect/principal-components.js'
import type { Rng } from '../random/rng.js'
import { scoreByClass, type ClassFeatures } from './class-features.js'
import { meanSilhouette, squaredDistance, twoMeans } from './two-means.js'

/** Fewer samples say nothing about clusters. */
const LEAST_SAMPLES = 10

const params = z.strictObject({
  components: z.int().min(1).max(100).default(10).meta({
    title: 'Components',
    description: 'Principal components of the features of a class that are clustered.',
  }),
  whitened: z.boolean().default(true).meta({
    title: 'Whitened',
    description: 'Whether each component counts alike, as with the independent components of the paper.',
  }),
  rule: z
    .enum(['silhouette', 'size'])
    .default('silhouette')
    .meta({
      title: 'Rule',
      description:
        'What makes a class suspicious. silhouette: how well its clusters part. size: how much smaller than the other ' +
        'one the smaller cluster is.',
    }),
})

export const activationClustering = defineDetector({
  id: 'activation-clustering',
  family: 'features',
  title: 'Activation clustering',
  summary: 'Parts the features of each class in two clusters and suspects the smaller one where they part well.',
  paper: {
    title: 'Detecting Backdoor Attacks on Deep Neural Networks by Activation Clustering',
    authors: 'Chen, Carvalho, Baracaldo, Ludwig, Edwards, Lee, Molloy, Srivastava',
    year: 2018,
    url: 'https://arxiv.org/abs/1811.03728',
  },
  params,
  presets: [
    {
      id: 'relative-size',
      title: 'Relative size',
      differs: 'Suspects classes by the size of their smaller cluster instead of by how well the clusters part.',
      oracle: false,
      params: { rule: 'size' },
    },
    {
      id: 'principal-components',
      title: 'Principal components',
      differs: 'Leaves the components as large as they are: those with much variance count more.',
      oracle: false,
      params: { whitened: false },
    },
  ],
  scoreTitle: 'Nearness to the smaller cluster, times how suspicious the class is',
  check: () => [],

  examination: {
    of: 'training-set',
    score: (given, { victim, random }, suspects, watch) =>
      scoreByClass(victim, suspects, LEAST_SAMPLES, watch, (samples, label) =>
        clusterScores(samples, given, random.stream(`class.${label}`)),
      ),
  },
})

/** -1 to 1 of each sample: above 0 in the smaller cluster, and the higher, the nearer to its centre, the more suspicious. */
function clusterScores(
  samples: ClassFeatures,
  { rule, ...reduction }: z.output<typeof params>,
  rng: Rng,
): Float32Array {
  const { points, dimensions } = reduced(samples, reduction, rng)
  if (dimensions === 0) return new Float32Array(samples.indices.length)
  const { sides, centres, smallerShare } = twoMeans(points, dimensions, rng)
  const suspicion = rule === 'size' ? 1 - 2 * smallerShare : Math.max(0, meanSilhouette(points, dimensions, sides))
  return Float32Array.from(sides, (_, row) => {
    const [toLarger, toSmaller] = centres.map((centre) => Math.sqrt(squaredDistance(points, dimensions, row, centre)))
    const both = toLarger! + toSmaller!
    return both === 0 ? 0 : (suspicion * (toLarger! - toSmaller!)) / both
  })
}

/** Features along their principal components, each of variance 1 where that is wanted. */
export function reduced(
  { features, dimensions }: Pick<ClassFeatures, 'features' | 'dimensions'>,
  { components, whitened }: Pick<z.output<typeof params>, 'components' | 'whitened'>,
  rng: Rng,
): { points: Float32Array; dimensions: number } {
  const axes = principalComponents(features, dimensions, Math.min(components, dimensions), rng)
  // A component without variance cannot be whitened.
  const kept = axes.explained.filter((share) => share > 1e-9).length
  const points = project(features, dimensions, { ...axes, directions: axes.directions.slice(0, kept) })
  if (!whitened) return { points, dimensions: kept }
  const count = features.length / dimensions
  const deviations = new Float64Array(kept)
  points.forEach((value, k) => (deviations[k % kept]! += value ** 2 / count))
  return { points: points.map((value, k) => value / Math.sqrt(deviations[k % kept]!)), dimensions: kept }
}
