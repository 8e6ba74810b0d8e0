import { describe, expect, it } from 'vitest'
import { createCostCourse, FIRST_COST } from '../../../src-main/lab/defenses/neural-cleanse/cost.js'
import { deviationsBelow } from '../../../src-shared/util/anomaly.js'

const options = { success: 0.98, patience: 2, factor: 2, earlyPatience: 3 }

describe('what the size of a mask costs', () => {
  it('goes up after so many passes in a row that succeed, and down after as many that do not', () => {
    const course = createCostCourse(options)
    course.note(1, 50)
    course.note(0.5, 40)
    course.note(1, 40)
    expect(course.cost).toBe(FIRST_COST)
    course.note(1, 30)
    expect(course.cost).toBe(2 * FIRST_COST)
    course.note(0, 20)
    course.note(0, 20)
    expect(course.cost).toBeCloseTo((2 * FIRST_COST) / 2 ** 1.5)
  })

  it('takes the smallest mask that succeeds, and no smaller one that does not', () => {
    const course = createCostCourse(options)
    expect([course.note(1, 50), course.note(0.9, 10), course.note(0.98, 40), course.note(1, 45)]).toEqual([
      true,
      false,
      true,
      false,
    ])
  })

  it('ends once nothing gets smaller, but not before it has gone both ways', () => {
    const course = createCostCourse(options)
    for (let pass = 0; pass < 10; pass++) course.note(1, 50)
    expect(course.isDone).toBe(false)
    for (let pass = 0; pass < 2; pass++) course.note(0, 50)
    expect(course.isDone).toBe(true)
  })
})

describe('the anomaly index', () => {
  it('counts deviations below the median', () => {
    const norms = [16, 60, 64, 70, 74]
    // Median 64, absolute deviations 48, 4, 0, 6, 10: their median is 6.
    expect(deviationsBelow(norms)).toEqual(norms.map((norm) => (64 - norm) / (1.4826 * 6)))
  })

  it('is nothing where most values are equal', () => {
    expect(deviationsBelow([5, 5, 5, 1])).toEqual([0, 0, 0, 0])
  })
})
