import { describe, expect, it } from 'vitest'
import { median, ratiosOf, timesOf } from '../../../scripts/bench/arithmetic.mjs'
import { refuseDifferences } from '../../../scripts/bench/measure.mjs'
import { jsonLine, machineText, shortfalls, tableOf } from '../../../scripts/bench/report.mjs'

const timings = (...ms: number[]) => ms.map((each) => ({ ms: each, cpuMs: 2 * each }))

const machine = {
  processor: 'Some CPU',
  cores: 2,
  threads: 1,
  memoryGb: 24,
  node: '24.0.0',
  date: '2026-01-02',
  load: 0.26,
}

const benchCase = {
  id: 'train-small-cnn-64',
  title: 'Small CNN, train step, batch 64',
  work: { kind: 'evaluation' as const },
  precision: 'fp32' as const,
  per: 'step',
  perUnit: 2,
  repeats: 3,
  target: 0.8,
}

const ours = { ...timesOf(timings(20, 18, 30), 2), peakMb: 400, operations: 130 }
const setting = { layout: 'channels-last', compiled: true }
const torch = { ...timesOf(timings(20, 20, 20), 2), peakMb: 300, operations: 95, setting }
const ratios = ratiosOf(timings(20, 18, 30), timings(20, 20, 20))
const compared = {
  case: benchCase,
  repeats: 3,
  ours,
  torch,
  ratios,
  errors: { ours: { loss: 1e-7 }, torch: { loss: 1e-7 } },
}
const alone = { case: benchCase, repeats: 3, ours, torch: null, ratios: null, errors: null }

describe('arithmetic of the benchmark', () => {
  it('takes the middle value, and the mean of the two in the middle', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([10, 9, 100])]).toEqual([2, 2.5, 10])
    expect(() => median([])).toThrow('no median of nothing')
  })

  it('gives times per step', () => {
    expect(timesOf(timings(20, 18, 30), 2)).toEqual({ ms: 10, minMs: 9, maxMs: 15, cpuMs: 20 })
  })

  it('compares what was measured side by side, so that a slow minute counts for both', () => {
    const slowMinute = ratiosOf(timings(10, 10, 100), timings(20, 20, 200))
    expect(slowMinute).toEqual({ ratio: 0.5, minRatio: 0.5, maxRatio: 0.5, cpuRatio: 0.5 })
    // The medians of each side by itself would say 1.
    expect(ratiosOf(timings(1, 10, 30), timings(2, 10, 60)).ratio).toBe(0.5)
  })
})

describe('report of the benchmark', () => {
  it('is a table with spreads, ratios, what is wanted, memory and operations', () => {
    const [heads, , cells] = tableOf([compared]).split('\n')
    expect(heads?.split('|').length).toBe(cells?.split('|').length)
    expect(cells).toBe(
      '| Small CNN, train step, batch 64 | 10.0 (9.00 to 15.0) | 10.0 | 1.00 (0.90 to 1.50) | ≤ 0.80 | 1.00 | 400 | 300 | ' +
        '130 | 95 | channels-last, compiled |',
    )
  })

  it('leaves out what belongs to the other side where there is none', () => {
    expect(tableOf([alone])).not.toContain('PyTorch')
    expect(shortfalls([alone])).toEqual([])
  })

  it('says what falls short, of time and of memory', () => {
    expect(shortfalls([compared])).toEqual([
      'train-small-cnn-64: time 1.00, wanted 0.8.',
      'train-small-cnn-64: peak memory 1.33, wanted 1.3.',
    ])
  })

  it('names machine, threads, date and load', () => {
    expect(machineText(machine)).toContain('2 x Some CPU, 24 GB, Node 24.0.0; 1 thread on each side. Date: 2026-01-02.')
    expect(machineText(machine)).toContain('0.3')
  })

  it('is one line of JSON besides', () => {
    const line = jsonLine(machine, [compared, alone])
    expect(line).not.toContain('\n')
    expect(JSON.parse(line)).toMatchObject({
      type: 'bench',
      machine,
      cases: [
        { id: 'train-small-cnn-64', precision: 'fp32', ours: { ms: 10, peakMb: 400 }, torch: { ms: 10 }, ratio: 1 },
        { id: 'train-small-cnn-64', ours: { ms: 10 }, torch: null, ratio: null },
      ],
    })
  })
})

describe('comparing the two sides', () => {
  const none = { loss: 0, gradients: 0 }
  const refuse = (ours: Record<string, number>, theirs: Record<string, number>) => (): void =>
    refuseDifferences(benchCase, { ours, torch: theirs })

  it('times nothing where they do not compute the same', () => {
    expect(refuse({ loss: 1e-7, gradients: 9e-5 }, none)).not.toThrow()
    expect(refuse({ loss: 1e-7, gradients: 2e-4 }, none)).toThrow('our gradients are 2.0e-4 of their size away')
    expect(refuse({ loss: NaN, gradients: 0 }, none)).toThrow('do not compute the same')
  })

  it('asks for little more precision than PyTorch itself has in a deep network, and never takes what is wrong', () => {
    expect(refuse({ gradients: 9e-3 }, { gradients: 1e-3 })).not.toThrow()
    expect(refuse({ gradients: 1.1e-2 }, { gradients: 1e-3 })).toThrow('our gradients')
    expect(refuse({ gradients: 0.06 }, { gradients: 0.06 })).toThrow('our gradients')
  })

  it('in bf16 allows what so few digits hold, and where they are lost little more than PyTorch loses', () => {
    const refuseNarrow = (mine: number, theirs: number) => (): void =>
      refuseDifferences(
        { ...benchCase, precision: 'bf16' },
        { ours: { gradients: mine }, torch: { gradients: theirs } },
      )
    expect(refuseNarrow(0.009, 0.001)).not.toThrow()
    expect(refuseNarrow(0.18, 0.1)).not.toThrow()
    expect(refuseNarrow(0.21, 0.1)).toThrow('our gradients')
    expect(refuseNarrow(NaN, 0.1)).toThrow('our gradients')
  })
})
