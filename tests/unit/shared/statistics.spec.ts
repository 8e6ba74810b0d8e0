import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mean, meanInterval, sampleDeviation, studentQuantile } from '../../../src-shared/util/statistics.js'

/** From SciPy 1.17.1, `stats.t.ppf(p, degrees)`. */
const known: [p: number, degrees: number, t: number][] = [
  [0.975, 1, 12.706204736174694],
  [0.975, 2, 4.302652729749462],
  [0.975, 3, 3.1824463052837078],
  [0.975, 4, 2.7764451051977934],
  [0.975, 9, 2.262157162798205],
  [0.975, 29, 2.045229642132703],
  [0.975, 100, 1.9839715185235518],
  [0.975, 10_000, 1.960201239890626],
  [0.95, 4, 2.1318467863266495],
  [0.995, 4, 4.604094871349992],
  [0.75, 1, 1],
  [0.51, 3, 0.027211467049117997],
]

describe("Student's t", () => {
  it.each(known)('has its quantile of %d with %d degrees of freedom at %d', (p, degrees, t) => {
    expect(studentQuantile(p, degrees)).toBeCloseTo(t, 8)
    expect(studentQuantile(1 - p, degrees)).toBeCloseTo(-t, 8)
  })

  it('has its median at zero', () => {
    expect(studentQuantile(0.5, 7)).toBeCloseTo(0, 6)
  })
})

describe('the mean with its interval', () => {
  it('is what the textbook says', () => {
    // Student's own sleep data, drug 2 minus drug 1: mean 1.58, sd 1.23; 95 % interval 0.70 to 2.46.
    const hours = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    const { n, mean: centre, sd, halfWidth } = meanInterval(hours)!
    expect(n).toBe(10)
    expect(centre).toBeCloseTo(1.58, 10)
    expect(sd).toBeCloseTo(1.2299955, 6)
    expect(centre - halfWidth!).toBeCloseTo(0.7001142, 6)
    expect(centre + halfWidth!).toBeCloseTo(2.4598858, 6)
  })

  it('has no interval over one value, and none at all over none', () => {
    expect(meanInterval([0.97])).toEqual({ n: 1, mean: 0.97, sd: null, halfWidth: null })
    expect(meanInterval([])).toBeNull()
    expect(sampleDeviation([3])).toBeNull()
  })

  it('does not care about the order, and moves with the values', () => {
    const values = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 12 })
    fc.assert(
      fc.property(values, fc.double({ min: -5, max: 5, noNaN: true }), (some, by) => {
        const there = meanInterval(some)!
        const moved = meanInterval(some.toReversed().map((value) => value + by))!
        expect(moved.mean).toBeCloseTo(there.mean + by, 9)
        expect(moved.halfWidth).toBeCloseTo(there.halfWidth!, 6)
        expect(mean(some)).toBeGreaterThanOrEqual(Math.min(...some) - 1e-12)
      }),
    )
  })
})
