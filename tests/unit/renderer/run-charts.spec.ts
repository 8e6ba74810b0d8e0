import { describe, expect, it } from 'vitest'
import { figuresState } from '../../../src-renderer/src/features/run/figures-state.js'
import { lossChart, lossTable } from '../../../src-shared/runs/charts/loss-chart.js'
import { plainNumber } from '../../../src-renderer/src/ui/format.js'
import { X_KINDS } from '../../../src-shared/chart/chart-types.js'
import { recoveredSheets, trueTrigger } from '../../../src-shared/runs/pictures.js'
import { findings, trueTarget } from '../../../src-shared/runs/findings.js'
import { epochTicks, scoreChart, scoreTable, stagePlaces } from '../../../src-shared/runs/charts/score-chart.js'
import { defenseResults } from '../../../src-shared/runs/run-results.js'
import { applyEvent, initialRunState, runState } from '../../../src-shared/runs/run-state.js'
import { defaultEvents, defaultRecord, queuedRecord } from './fixtures/fixtures.js'

const done = runState(queuedRecord, defaultEvents)

describe('scoreChart', () => {
  it('lays the stages end to end without joining them', () => {
    const places = stagePlaces(done)
    expect(places.map(({ stage, offset }) => [stage, offset])).toEqual([
      [2, 0],
      [3, 11],
      [4, 14],
      [5, 45],
      [6, 56],
    ])
    const clean = scoreChart(done, 'epoch').series.find(({ id }) => id === 'cleanAccuracy')!
    expect(clean.segments.map((points) => points.length)).toEqual([10, 1, 11, 1])
    expect(clean.segments.flat().every(({ x }) => x >= 0 && x <= 60)).toBe(true)
  })

  it('names a place by stage and epoch', () => {
    const { x } = scoreChart(done, 'epoch')
    expect(x.describe?.(7)).toBe('Train victim, epoch 7')
    expect(x.describe?.(12)).toBe('Evaluate victim')
    expect(x.describe?.(15)).toBe('Recover triggers, epoch 1')
    expect(x.format(24)).toBe('10')
  })

  it('is as wide as the plan of the running stage', () => {
    const upTo = defaultEvents.findIndex((event) => event.type === 'run.metrics') + 1
    const next = defaultEvents.find((event) => event.type === 'run.progress' && event.epoch > 1)!
    const state = runState(queuedRecord, [...defaultEvents.slice(0, upTo), next])
    expect(scoreChart(state, 'epoch').x.max).toBe(10)
  })

  it('marks round epochs, about a dozen in all', () => {
    const ticks = epochTicks(
      [
        { stage: 0, offset: 0, width: 10 },
        { stage: 1, offset: 10, width: 40 },
      ],
      50,
    )
    expect(ticks).toEqual([5, 10, 15, 20, 25, 30, 35, 40, 45, 50])
  })

  it('has every figure in its table', () => {
    const { columns, rows } = scoreTable(done)
    expect(rows).toHaveLength(done.metrics.length)
    expect(rows.every((row) => row.length === columns.length)).toBe(true)
  })
})

describe('figuresState', () => {
  it('stays the same for reports that change no figure, and follows those that do', () => {
    let state = initialRunState(queuedRecord)
    let figured = figuresState(undefined, state, false)
    let placed = figured
    let changes = 0
    for (const event of defaultEvents) {
      state = applyEvent(state, event)
      const next = figuresState(figured, state, false)
      placed = figuresState(placed, state, true)
      if (next !== figured) changes++
      figured = next
      expect(scoreChart(figured, 'epoch').series).toEqual(scoreChart(state, 'epoch').series)
      expect(scoreChart(placed, 'step').series).toEqual(scoreChart(state, 'step').series)
    }
    expect(changes).toBeLessThan(defaultEvents.length / 5)
  })
})

describe('lossChart', () => {
  it('gives each stage its boundary, and each walk through its epochs a curve', () => {
    const { series, boundaries } = lossChart(done, 'epoch')
    expect(boundaries.map(({ label }) => label)).toEqual(['Train victim', 'Recover triggers', 'Unlearn triggers'])
    expect(series[0]!.segments).toHaveLength(done.passes.length)
    const { rows, note } = lossTable(done)
    expect(note).toBe('One of 4 points.')
    expect(rows.at(-1)?.at(-1)).toBe(plainNumber(done.loss.at(-1)!.loss))
  })

  it('never goes back on any axis', () => {
    for (const kind of X_KINDS) {
      const { series, x } = lossChart(done, kind)
      const places = series[0]!.segments.flat().map((point) => point.x)
      expect(places, kind).toEqual(places.toSorted((a, b) => a - b))
      expect(places.at(-1)).toBeLessThanOrEqual(x.max ?? Infinity)
    }
  })

  it('names a place by stage, walk and step', () => {
    const { x, series } = lossChart(done, 'step')
    const [, second] = series[0]!.segments
    expect(x.describe?.(second![0]!.x)).toMatch(/^Recover triggers, searching: is it class \d\?, step \d+$/)
  })

  it('puts figures where the steps before them end', () => {
    const clean = scoreChart(done, 'step').series.find(({ id }) => id === 'cleanAccuracy')!
    expect(clean.segments[0]!.map((point) => point.x)).toEqual(
      Array.from({ length: 10 }, (_, index) => 118 * (index + 1)),
    )
    const recovered = scoreChart(done, 'epoch').series.find(({ id }) => id === 'recoveredSuccess')!
    expect(recovered.segments.flat()[0]!.x).toBe(15)
  })
})

describe('results', () => {
  it('shows figures before the summary is there', () => {
    const upTo = defaultEvents.findIndex((event) => event.type === 'run.stage' && event.index === 4) + 1
    const [result] = defenseResults(runState(queuedRecord, defaultEvents.slice(0, upTo)))
    expect(result!.title).toBe('BAERASER')
    expect(result!.before).toEqual(defaultRecord.summary!.before)
    expect(result!.after).toBeNull()
  })

  it('says whether the defense was right', () => {
    const summary = defaultRecord.summary!.defenses[0]!
    expect(trueTarget(done)).toBe(0)
    expect(findings(summary, 0)[0]).toBe('Target class found: 0, which is right.')
    expect(findings(summary, 3)[0]).toBe('Target class found: 0, which is wrong.')
    expect(findings({ ...summary, detection: { ...summary.detection!, target: null } }, 0)).toContain(
      'There is one, so it was missed.',
    )
    expect(findings(summary, 'each-its-own')[0]).toContain('each class has a target of its own')
  })

  it('finds the pictures of triggers in the order of their epochs', () => {
    expect(trueTrigger(defaultRecord.artifacts)?.title).toBe('True trigger')
    const [group, ...others] = recoveredSheets(defaultRecord.artifacts.toReversed())
    expect(others).toEqual([])
    expect(group!.sheets.map(({ label }) => label)).toEqual(Array.from({ length: 30 }, (_, k) => `epoch ${k + 1}`))
  })
})
