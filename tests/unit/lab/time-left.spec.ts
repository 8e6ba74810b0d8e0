import { describe, expect, it } from 'vitest'
import type { RunContext } from '../../../src-main/lab/run-context.js'
import { besides, stageParts } from '../../../src-main/lab/stage-parts.js'
import { createTimeLeft } from '../../../src-main/lab/training/time-left.js'

type Report = Parameters<RunContext['progress']>[0]

interface Loop {
  readonly epochs: number
  readonly steps: number
  readonly stepMs: number
  /** Of the very first step, on top of the others. */
  readonly startMs: number
  /** At the end of every epoch. */
  readonly turnMs: number
}

/** What is said after each step, beside what then really was left. */
function walk({
  epochs,
  steps,
  stepMs,
  startMs,
  turnMs,
}: Loop): { share: number; said: number | null; left: number }[] {
  const timeLeft = createTimeLeft(epochs, steps)
  let now = 1_000 + startMs
  const seen: { share: number; said: number | null; atMs: number }[] = []
  for (let done = 1; done <= epochs * steps; done++) {
    now += stepMs
    timeLeft.step(now)
    seen.push({ share: done / (epochs * steps), said: timeLeft.remainingMs(), atMs: now })
    if (done % steps === 0) now += turnMs
  }
  return seen.map(({ share, said, atMs }) => ({ share, said, left: now - atMs }))
}

describe('the time left in a loop', () => {
  it.each<[string, Loop]>([
    ['even steps', { epochs: 10, steps: 40, stepMs: 10, startMs: 0, turnMs: 0 }],
    ['a slow first step', { epochs: 10, steps: 40, stepMs: 10, startMs: 900, turnMs: 0 }],
    ['a short pause after every epoch', { epochs: 10, steps: 40, stepMs: 10, startMs: 900, turnMs: 60 }],
    ['long pauses and many epochs', { epochs: 40, steps: 5, stepMs: 20, startMs: 500, turnMs: 100 }],
    ['one step an epoch', { epochs: 100, steps: 1, stepMs: 20, startMs: 500, turnMs: 30 }],
  ])('is right to a fifth after a tenth, with %s', (_name, loop) => {
    for (const { share, said, left } of walk(loop)) {
      if (share < 0.1 || left < 150) continue
      expect(Math.abs(said! - left) / left, `at ${share}`).toBeLessThan(0.2)
    }
  })

  it('is not known after one step', () => {
    expect(walk({ epochs: 1, steps: 3, stepMs: 10, startMs: 0, turnMs: 0 })[0]!.said).toBeNull()
  })
})

describe('the parts of a stage', () => {
  const spoken = (clock: { now: number }): { context: RunContext; reports: Report[] } => {
    const reports: Report[] = []
    const context = { now: () => clock.now, progress: (report: Report) => void reports.push(report) }
    return { context: context as unknown as RunContext, reports }
  }
  const report = (share: number | undefined, remainingMs: number | null): Report => ({
    epoch: 1,
    epochs: 1,
    step: 1,
    steps: 1,
    imagesPerSecond: 1,
    loss: null,
    remainingMs,
    ...(share === undefined ? {} : { stageShare: share }),
  })

  it('make one course of several loops', () => {
    const clock = { now: 0 }
    const { context, reports } = spoken(clock)
    const parts = stageParts(context, [1, 1, 2])
    const first = parts.next()
    // Half of a loop in 500 ms: the other half, and three times as much as both.
    first.progress(report(0.5, 500))
    first.progress(report(1, 0))
    clock.now = 1_200
    // With what lay between the loops, a quarter took 1.2 s.
    parts.next().progress(report(0.5, 500))
    clock.now = 2_400
    parts.next().progress(report(0.75, 600))
    expect(reports.map(({ stageShare }) => stageShare)).toEqual([0.125, 0.25, 0.375, 0.875])
    expect(reports.map(({ remainingMs }) => remainingMs)).toEqual([3_500, 3_000, 500 + 2_400, 600])
  })

  it('end at exactly one and with nothing left, however many they are', () => {
    const clock = { now: 0 }
    const { context, reports } = spoken(clock)
    const parts = stageParts(context, [...Array.from({ length: 10 }, () => 3), 12])
    for (let part = 0; part < 11; part++) {
      const loop = parts.next()
      clock.now += 100
      loop.progress(report(1, 0))
    }
    expect(reports.at(-1)).toMatchObject({ stageShare: 1, remainingMs: 0 })
    expect(reports.every(({ stageShare, remainingMs }) => stageShare! <= 1 && remainingMs! >= 0)).toBe(true)
  })

  it('say nothing of the stage where a loop says nothing of itself, or is only besides', () => {
    const { context, reports } = spoken({ now: 0 })
    stageParts(context, [1, 1]).next().progress(report(undefined, 70))
    besides(context).progress(report(0.5, 70))
    expect(reports[0]).toEqual(report(undefined, 70))
    expect(reports[1]).toEqual(report(undefined, null))
  })
})
