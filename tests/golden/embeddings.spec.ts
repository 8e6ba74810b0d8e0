// t-SNE against scikit-learn and UMAP against umap-learn (make-embeddings.py).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fuzzyGraph } from '../../src-main/lab/inspect/embed/fuzzy-graph.js'
import { squaredDistances } from '../../src-main/lab/inspect/embed/squared-distances.js'
import { jointAffinities, tsne, tsneGradient } from '../../src-main/lab/inspect/embed/t-sne.js'
import { fitCurve, umap } from '../../src-main/lab/inspect/embed/umap.js'
import { createRng } from '../../src-main/lab/random/rng.js'

interface Stored {
  readonly count: number
  readonly dimensions: number
  readonly points: number[]
  readonly tsne: {
    readonly perplexity: number
    readonly iterations: number
    readonly affinities: number[]
    readonly places: number[]
    readonly gradient: number[]
    readonly divergence: number
    readonly trustworthiness: number
  }
  readonly umap: {
    readonly neighbours: number
    readonly heads: number[]
    readonly tails: number[]
    readonly strengths: number[]
    readonly curves: { readonly minDistance: number; readonly a: number; readonly b: number }[]
  }
}

const stored = JSON.parse(readFileSync(join(import.meta.dirname, 'values', 'embeddings.json'), 'utf8')) as Stored
const { count, dimensions } = stored
const points = Float32Array.from(stored.points)
const watch = { breathe: async () => undefined, progress: () => undefined }

/** Largest difference, relative to the largest value. */
function furthest(found: ArrayLike<number>, wanted: readonly number[]): number {
  const size = Math.max(...wanted.map(Math.abs))
  return Math.max(...wanted.map((each, k) => Math.abs(each - found[k]!))) / size
}

/** Share of what lies near in the plane that lies near in the features too; Venna and Kaski, 2001, of 5 neighbours. */
function trustworthiness(places: Float32Array): number {
  const near = 5
  const ranksOf = (of: Float64Array, row: number): number[] => {
    const own = [...of.subarray(row * count, (row + 1) * count)]
    const order = [...own.keys()].filter((k) => k !== row).toSorted((a, b) => own[a]! - own[b]!)
    return own.map((_, k) => order.indexOf(k) + 1)
  }
  const [inFeatures, inPlane] = [squaredDistances(points, dimensions), squaredDistances(places, 2)]
  let penalty = 0
  for (let row = 0; row < count; row++) {
    const [feature, plane] = [ranksOf(inFeatures, row), ranksOf(inPlane, row)]
    plane.forEach((rank, k) => {
      if (k !== row && rank <= near && feature[k]! > near) penalty += feature[k]! - near
    })
  }
  return 1 - (2 * penalty) / (count * near * (2 * count - 3 * near - 1))
}

describe('t-SNE', () => {
  const { perplexity, iterations } = stored.tsne

  test('affinities', async () => {
    const found = await jointAffinities(squaredDistances(points, dimensions), count, perplexity, watch)
    expect(furthest(found, stored.tsne.affinities)).toBeLessThan(1e-4)
  })

  test('gradient', () => {
    const affinities = Float32Array.from(stored.tsne.affinities)
    const found = tsneGradient(affinities, Float64Array.from(stored.tsne.places), 1)
    expect(furthest(found, stored.tsne.gradient)).toBeLessThan(1e-4)
  })

  test('as good a picture after as many iterations', async () => {
    const places = await tsne(points, dimensions, { perplexity, iterations }, watch)
    expect(divergence(places)).toBeLessThan(1.05 * stored.tsne.divergence)
    expect(trustworthiness(places)).toBeGreaterThan(stored.tsne.trustworthiness - 0.02)
  })

  /** Kullback and Leibler's, between affinities and places. */
  function divergence(places: Float32Array): number {
    const near = squaredDistances(places, 2).map((squared) => 1 / (1 + squared))
    const sum = near.reduce((total, each) => total + each, 0) - count
    return stored.tsne.affinities.reduce(
      (total, share, pair) => total + (share > 0 ? share * Math.log((share * sum) / near[pair]!) : 0),
      0,
    )
  }
})

describe('UMAP', () => {
  test('graph', () => {
    const { heads, tails, strengths } = fuzzyGraph(squaredDistances(points, dimensions), count, stored.umap.neighbours)
    expect([...heads]).toEqual(stored.umap.heads)
    expect([...tails]).toEqual(stored.umap.tails)
    expect(furthest(strengths, stored.umap.strengths)).toBeLessThan(1e-3)
  })

  test.each(stored.umap.curves)('curve of minimum distance $minDistance', ({ minDistance, a, b }) => {
    const found = fitCurve(minDistance)
    expect(found.a).toBeCloseTo(a, 3)
    expect(found.b).toBeCloseTo(b, 3)
  })

  test('what is near stays near, the same for the same seed', async () => {
    const params = { neighbours: stored.umap.neighbours, minDistance: 0.1, iterations: 200 }
    const embed = (seed: number) => umap(points, dimensions, params, createRng([seed, 2, 3, 4]), watch)
    const [once, again, other] = [await embed(1), await embed(1), await embed(2)]
    expect(trustworthiness(once)).toBeGreaterThan(0.85)
    expect(again).toEqual(once)
    expect(other).not.toEqual(once)
  })
})
