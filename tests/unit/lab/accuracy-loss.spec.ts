import { describe, expect, it } from 'vitest'
import { comparedAnswers } from '../../../src-main/lab/evaluation/accuracy-loss.js'
import { defenderJudge } from '../../../src-main/lab/trigger-recovery/found-triggers.js'

/** Hundred images of class 1, of which the first `right` are answered correctly, but for `swapped` at either end. */
const answers = (right: number, swapped = 0): number[] =>
  Array.from({ length: 100 }, (_, i) => Number(i < right ? i >= swapped : i >= 100 - swapped))
const labels = Array.from({ length: 100 }, () => 1)

describe('the accuracy that weights lose', () => {
  it('is certain beyond one standard error of the paired difference', () => {
    const loss = comparedAnswers(answers(90), answers(84), labels)
    expect(loss.accuracy).toBeCloseTo(0.84, 10)
    expect(loss.lost).toBeCloseTo(0.06, 10)
    // Six differences of 1, ninety-four of 0.
    expect(loss.surelyLost).toBeCloseTo(0.06 - Math.sqrt(0.06 * 0.94) / 10, 10)
  })

  it('is less certain where as much is lost but more has changed', () => {
    const loss = comparedAnswers(answers(90), answers(84, 5), labels)
    expect(loss.lost).toBeCloseTo(0.06, 10)
    expect(loss.surelyLost).toBeLessThan(comparedAnswers(answers(90), answers(84), labels).surelyLost)
  })

  it('is none where nothing is lost, and none of no images', () => {
    expect(comparedAnswers(answers(80), answers(90), labels)).toEqual({ accuracy: 0.9, lost: 0, surelyLost: 0 })
    expect(comparedAnswers([], [], [])).toEqual({ accuracy: 0, lost: 0, surelyLost: 0 })
  })
})

describe("the defender's judge", () => {
  const judge = defenderJudge({ accuracyFloor: 0.02, detectionThreshold: 0.2, stopBelow: 0.01, patience: 2 }, 0.005)
  const cost = (recoveredSuccess: number, lost: number, surelyLost = lost): number =>
    judge({ recoveredSuccess, accuracy: 0.9, lost, surelyLost }, 1).cost

  it('prefers what keeps the accuracy, unless that is left with a backdoor', () => {
    expect(cost(0.05, 0.01)).toBeLessThan(cost(0.01, 0.04))
    expect(cost(0.01, 0.04)).toBeLessThan(cost(0.95, 0))
  })

  it('takes no loss for one that may be chance', () => {
    expect(cost(0.01, 0.04, 0.01)).toBeLessThan(cost(0.05, 0.01))
  })

  it('sees no merit in a success below the base rate, which is bought with accuracy', () => {
    expect(cost(0, 0)).toBe(cost(0.004, 0))
    expect(cost(0, 0.01)).toBeGreaterThan(cost(0.005, 0))
    expect(cost(0.02, 0)).toBeGreaterThan(cost(0.01, 0))
  })

  it('is content after so many epochs in a row, and never with the start', () => {
    const done = { recoveredSuccess: 0, accuracy: 0.9, lost: 0, surelyLost: 0 }
    const asked = [0, 1, 2].map((epoch) => judge(done, epoch).stop)
    expect(asked).toEqual([false, false, true])
  })
})
