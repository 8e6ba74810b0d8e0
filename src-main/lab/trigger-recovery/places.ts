/**
 * Where recovered patches are put. A trigger that works anywhere is found at random places; one that was planted in one
 * place, say a corner, is learned together with that place, and patches elsewhere say nothing about it.
 */
import { namedPlace, placeNames, type Place, type Size } from '../../../src-shared/trigger/place.js'
import type { Rng } from '../random/rng.js'
import { tf, type Tensor1D } from '../tf.js'

export interface Places {
  readonly rows: Tensor1D
  readonly columns: Tensor1D
}

export interface PlaceDistribution {
  /** Top-left corners for `count` patches of one batch, all inside the image. The tensors belong to the caller. */
  draw(count: number, rng: Rng): Places & Record<string, Tensor1D>
  /** The same, each drawn for itself: for measuring. */
  drawEach(count: number, rng: Rng): Places & Record<string, Tensor1D>
}

/** Every place alike, each image its own or all images of a batch one. */
export function randomPlaces(image: Size, patch: Size, per: 'image' | 'batch'): PlaceDistribution {
  const drawAs = (count: number, rng: Rng, isCommon: boolean): Places & Record<string, Tensor1D> => {
    const line = (room: number): Tensor1D => {
      const common = rng.below(room + 1)
      return tf.tensor1d(
        Int32Array.from({ length: count }, () => (isCommon ? common : rng.below(room + 1))),
        'int32',
      )
    }
    return { rows: line(image.height - patch.height), columns: line(image.width - patch.width) }
  }
  return {
    draw: (count, rng) => drawAs(count, rng, per === 'batch'),
    drawEach: (count, rng) => drawAs(count, rng, false),
  }
}

/** A few places, some likelier than others. */
export interface WeightedPlaces extends PlaceDistribution {
  readonly candidates: readonly Place[]
  /** They sum to 1. */
  readonly weights: readonly number[]
}

export function weightedPlaces(candidates: readonly Place[], weights: readonly number[]): WeightedPlaces {
  const drawOne = (rng: Rng): Place => {
    let left = rng.uniform()
    const index = weights.findIndex((weight) => (left -= weight) < 0)
    return candidates[index === -1 ? candidates.length - 1 : index]!
  }
  const draw = (count: number, rng: Rng): Places & Record<string, Tensor1D> => {
    const drawn = Array.from({ length: count }, () => drawOne(rng))
    const line = (numbers: number[]): Tensor1D => tf.tensor1d(numbers, 'int32')
    return { rows: line(drawn.map(({ row }) => row)), columns: line(drawn.map(({ column }) => column)) }
  }
  return { candidates, weights, draw, drawEach: draw }
}

/** Corners, middles of the edges and centre, all alike: what learning starts from. */
export function gridPlaces(image: Size, patch: Size): WeightedPlaces {
  const lines = (room: number): number[] => [...new Set([0, Math.floor(room / 2), room])]
  const candidates = lines(image.height - patch.height).flatMap((row) =>
    lines(image.width - patch.width).map((column): Place => ({ row, column })),
  )
  return weightedPlaces(
    candidates,
    candidates.map(() => 1 / candidates.length),
  )
}

/** Share that every place keeps, so that none is given up for good. */
const KEPT = 0.1
/** What a place counts that is no better than the worst. */
const LEAST = 0.001

/** The same places, weighted by how much more patches do there (`successes`, 0..1) than where they do least. */
export function reweighted({ candidates }: WeightedPlaces, successes: readonly number[]): WeightedPlaces {
  const least = Math.min(...successes)
  const excess = successes.map((success) => success - least + LEAST)
  const sum = excess.reduce((a, b) => a + b)
  return weightedPlaces(
    candidates,
    excess.map((each) => KEPT / candidates.length + ((1 - KEPT) * each) / sum),
  )
}

/** The likeliest place, by its name where it has one; null where every place is alike. */
export function likeliestPlace(places: PlaceDistribution | WeightedPlaces, image: Size, patch: Size): string | null {
  if (!('candidates' in places)) return null
  const { candidates, weights } = places
  const best = candidates[weights.indexOf(Math.max(...weights))]!
  const name = placeNames.find((each) => {
    const { row, column } = namedPlace(each, patch, image)
    return row === best.row && column === best.column
  })
  return name ?? `row ${best.row}, column ${best.column}`
}
