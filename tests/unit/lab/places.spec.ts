import { beforeAll, describe, expect, it } from 'vitest'
import { createRng } from '../../../src-main/lab/random/rng.js'
import {
  gridPlaces,
  likeliestPlace,
  randomPlaces,
  reweighted,
  weightedPlaces,
  type PlaceDistribution,
} from '../../../src-main/lab/trigger-recovery/places.js'
import { useJavascriptBackend } from '../../helpers/tfjs.js'

const image = { height: 10, width: 8 }
const patch = { height: 3, width: 2 }

function drawn(places: PlaceDistribution, count: number, how: 'draw' | 'drawEach' = 'draw'): string[] {
  const { rows, columns } = places[how](count, createRng([1, 2, 3, 4]))
  const [r, c] = [rows.dataSync(), columns.dataSync()]
  rows.dispose()
  columns.dispose()
  return Array.from(r, (row, index) => `${row},${c[index]}`)
}

describe('places of recovered patches', () => {
  beforeAll(useJavascriptBackend)

  it('are any that fit, alike for a batch where asked, but not for measuring', () => {
    const each = drawn(randomPlaces(image, patch, 'image'), 2000)
    expect(new Set(each).size).toBe(8 * 7)
    const common = randomPlaces(image, patch, 'batch')
    expect(new Set(drawn(common, 50)).size).toBe(1)
    expect(new Set(drawn(common, 50, 'drawEach')).size).toBeGreaterThan(10)
  })

  it('begin with nine, or fewer where the patch leaves less room', () => {
    const { candidates, weights } = gridPlaces(image, patch)
    expect(candidates).toHaveLength(9)
    expect(candidates).toEqual(
      expect.arrayContaining([
        { row: 7, column: 6 },
        { row: 3, column: 3 },
      ]),
    )
    expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1)
    expect(gridPlaces(patch, patch).candidates).toEqual([{ row: 0, column: 0 }])
  })

  it('move to where patches succeed, without giving any up', () => {
    const start = gridPlaces(image, patch)
    const even = reweighted(
      start,
      start.candidates.map(() => 0.4),
    )
    for (const weight of even.weights) expect(weight).toBeCloseTo(1 / 9)
    const corner = start.candidates.findIndex(({ row, column }) => row === 7 && column === 6)
    const learned = reweighted(
      start,
      start.candidates.map((_, index) => (index === corner ? 0.9 : 0.02)),
    )
    expect(learned.weights[corner]).toBeGreaterThan(0.85)
    expect(Math.min(...learned.weights)).toBeGreaterThan(0.01)
    expect(learned.weights.reduce((a, b) => a + b)).toBeCloseTo(1)
    expect(likeliestPlace(learned, image, patch)).toBe('bottom-right')
    expect(likeliestPlace(randomPlaces(image, patch, 'image'), image, patch)).toBeNull()
  })

  it('are drawn as often as they weigh', () => {
    const places = weightedPlaces(
      [
        { row: 0, column: 0 },
        { row: 1, column: 1 },
      ],
      [0.8, 0.2],
    )
    const share = drawn(places, 5000).filter((place) => place === '0,0').length / 5000
    expect(share).toBeCloseTo(0.8, 1)
  })
})
