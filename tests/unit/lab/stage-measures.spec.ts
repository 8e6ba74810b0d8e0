import { describe, expect, it } from 'vitest'
import { measureStages, type TimedFact } from '../../../src-main/lab/stage-measures.js'
import type { Stage } from '../../../src-shared/model/run-record.js'
import { someSummary } from '../../helpers/fake-electron-run.js'

const stages: Stage[] = [
  { kind: 'load', title: 'Load data', defense: null },
  { kind: 'train', title: 'Train victim', defense: null },
  { kind: 'recover', title: 'Recover', defense: 0 },
]
const enter = (index: number, atMs: number): TimedFact => ({ fact: { type: 'run.stage', index }, atMs })
const step = (stage: number, epoch: number, step: number, atMs: number, epochs = 10, steps = 4): TimedFact => ({
  fact: { type: 'run.progress', stage, epoch, epochs, step, steps, imagesPerSecond: 1, remainingMs: null, loss: 1 },
  atMs,
})
const end = (atMs: number): TimedFact => ({ fact: { type: 'run.finished', summary: someSummary }, atMs })

describe('measureStages', () => {
  it('parts steps, what follows an epoch and what happens once', () => {
    // 500 ms to begin, 10 ms a step, 100 ms after each epoch, 70 ms after the loop.
    const told = [1, 2, 3].flatMap((epoch) =>
      [1, 2, 3, 4].map((each) => step(1, epoch, each, 550 + 10 * (4 * (epoch - 1) + each) + 100 * (epoch - 1))),
    )
    const [load, train] = measureStages(stages, [enter(0, 0), enter(1, 50), ...told, enter(2, told.at(-1)!.atMs + 70)])
    expect(load).toMatchObject({ loops: 0, steps: 0, stepSeconds: 0, otherSeconds: 0.05 })
    expect(train).toMatchObject({ loops: 1, epochs: 10, steps: 40, stepSeconds: 0.01, epochSeconds: 0.1 })
    expect(train?.otherSeconds).toBeCloseTo(0.07)
    // The first step is one of the loop's beginning: 500 ms and the 10 ms that it takes.
    expect(train?.loopSeconds).toBeCloseTo(0.51)
  })

  it('is not misled by the one report of an epoch in which a step was compiled', () => {
    // As it was once measured: epochs of four steps, a few of them between two reports.
    const told = [
      step(1, 1, 1, 900),
      step(1, 1, 4, 1310),
      ...[2, 3, 4, 5, 6, 7].map((epoch) => step(1, epoch, 1, 1310 + 100 * (epoch - 1))),
    ]
    const [train] = measureStages(stages, [enter(1, 0), ...told, enter(2, 1910)])
    expect(train?.stepSeconds).toBeCloseTo(0.025)
    expect(train?.loopSeconds).toBeGreaterThan(1.1)
  })

  it('takes a step that is compiled in the middle for part of the beginning', () => {
    const [train] = measureStages(stages, [
      enter(1, 0),
      step(1, 1, 1, 10),
      step(1, 1, 2, 20),
      step(1, 1, 3, 1030),
      step(1, 1, 4, 1040),
      enter(2, 1040),
    ])
    expect(train?.stepSeconds).toBeCloseTo(0.01)
    expect(train?.loopSeconds).toBeCloseTo(1.01)
  })

  it('adds up several loops of a stage, each told where it begins anew', () => {
    const loop = (from: number): TimedFact[] => [step(2, 1, 1, from + 20, 3), step(2, 2, 1, from + 60, 3)]
    const [recover] = measureStages(stages, [enter(2, 0), ...loop(0), ...loop(60), ...loop(120), end(200)])
    expect(recover).toMatchObject({ loops: 3, epochs: 9, steps: 36, stepSeconds: 0.01, epochSeconds: 0 })
    expect(recover?.loopSeconds).toBeCloseTo(0.02)
    expect(recover?.otherSeconds).toBeCloseTo(0.02)
  })

  it('leaves out a stage that was not left', () => {
    expect(measureStages(stages, [enter(0, 0), enter(1, 5), step(1, 1, 1, 9)]).map(({ stage }) => stage.kind)).toEqual([
      'load',
    ])
  })
})
