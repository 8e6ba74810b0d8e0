import { describe, expect, it } from 'vitest'
import { makeRun } from '../../../scripts/make-runs.mjs'
import { groupRuns, readRuns, seedWords, type ComparedRun } from '../../../src-shared/comparison/compared.js'
import { compareChart, compareTable, curveStages } from '../../../src-shared/comparison/curves.js'
import { resultRows, resultsText } from '../../../src-shared/comparison/result-rows.js'
import { settingRows, settingsText } from '../../../src-shared/comparison/settings-rows.js'
import { runState } from '../../../src-shared/runs/run-state.js'
import { runLooks } from '../../../src-shared/chart/run-looks.js'
import { RunEvent } from '../../../src-shared/contract/index.js'
import { RunRecord } from '../../../src-shared/model/run-record.js'
import { meanInterval } from '../../../src-shared/util/statistics.js'
import { tableText } from '../../../src-shared/util/table-text.js'

type Change = (record: RunRecord) => void

/** The made-up run of this number, as the page knows it. Five follow each other as seeds of one experiment. */
function made(number: number, change: Change = () => undefined, events = Infinity): ComparedRun {
  const run = makeRun(number)
  const record = RunRecord.parse(run.record)
  change(record)
  const state = runState(
    record,
    run.events.slice(0, events).map((event) => RunEvent.parse(event)),
  )
  const { runId } = record
  return { runId, look: runLooks([runId]).get(runId)!, state, error: null }
}

const grouped = (runs: ComparedRun[], baseline = runs[0]!.runId) => groupRuns(readRuns(runs), baseline)
const seeds = [0, 1, 2].map((number) => made(number))
const other = made(5)

describe('runs that are compared', () => {
  it('are put together if they differ only in seed and name', () => {
    const renamed = made(3, ({ experiment }) => {
      experiment.name = 'Another name'
    })
    const longer = made(4, ({ experiment }) => {
      experiment.training.epochs = 99
    })
    const groups = grouped([seeds[2]!, other, seeds[0]!, renamed, longer])
    expect(groups.map(seedWords)).toEqual(['seeds 1, 3, 4', 'seed 1', 'seed 5'])
    expect(groupRuns(readRuns([seeds[0]!, other]), other.runId).map(({ name }) => name)).toEqual([
      'blended against baeraser, 1',
      'badnets against baeraser, 0',
    ])
  })

  it('leave out those that could not be read', () => {
    const gone: ComparedRun = { ...other, state: null, error: { code: 'not-found', message: 'There is no such run.' } }
    expect(grouped([...seeds, gone])).toHaveLength(1)
  })
})

describe('the settings', () => {
  const differing = (runs: ComparedRun[]) =>
    settingRows(grouped(runs))
      .filter(({ differs }) => differs)
      .map(({ section, path, values }) => `${section} ${path}: ${values.join(' / ')}`)

  it('show what differs, and only that', () => {
    expect(differing([...seeds, other])).toEqual([
      'Experiment seed: 1, 2, 3 / 1',
      'Dataset id: mnist-10k / cifar10',
      'Attack id: badnets / blended',
      'Attack poisonRate: 0.01 / 0.02',
    ])
    expect(differing(seeds)).toEqual([])
  })

  it('compare a method with itself, wherever it stands in the list', () => {
    const second = made(5, ({ experiment }) => {
      experiment.defenses.unshift({ id: 'fine-tuning', params: { epochs: 3 } })
      experiment.attack = null
    })
    expect(differing([other, second])).toEqual([
      'Attack id: blended / none',
      'Attack targetClass: 0 / ',
      'Attack poisonRate: 0.02 / ',
      'Defenses ids: baeraser / fine-tuning, baeraser',
      'Defense fine-tuning epochs:  / 3',
    ])
  })

  it('are copied with hostile names as text', () => {
    const hostile = made(0, ({ experiment }) => {
      experiment.name = '=1+1|\\input{x}'
    })
    const table = settingsText(settingRows(grouped([hostile])), grouped([hostile]))
    expect(tableText(table, 'tsv').split('\n')[0]).toBe("Section\tSetting\t'=1+1|\\input{x}, seed 1")
    expect(tableText(table, 'markdown').split('\n')[0]).toContain('=1+1\\|\\\\input\\{x\\}')
    expect(tableText(table, 'latex')).toContain('=1+1\\textbar{}\\textbackslash{}input\\{x\\}')
  })
})

describe('the results', () => {
  const success = (run: ComparedRun): number => run.state!.record.summary!.defenses[0]!.after.attackSuccessRate!

  it('are means over seeds with their interval, and differences to the baseline', () => {
    const [mean, single] = resultRows(grouped([...seeds, other]), seeds[0]!.runId, { eachSeed: false })
    expect(mean).toMatchObject({ run: null, n: 3, isBaseline: true, note: null })
    expect(mean!.figures.attackSuccessRate.after).toEqual(meanInterval(seeds.map(success)))
    expect(mean!.figures.attackSuccessRate.difference).toBeNull()
    // A single run has no mean to be compared with but that of the baseline's own run.
    expect(single!.figures.attackSuccessRate.difference).toBeCloseTo(success(other) - success(seeds[0]!), 12)
    expect(single!.figures.attackSuccessRate.after?.halfWidth).toBeNull()
  })

  it('show each seed when asked', () => {
    const rows = resultRows(grouped([...seeds, other], other.runId), other.runId, { eachSeed: true })
    expect(rows.map(({ run, isBaseline }) => `${run?.seed ?? 'mean'}${isBaseline ? ' baseline' : ''}`)).toEqual([
      '1 baseline',
      'mean',
      '1',
      '2',
      '3',
    ])
    expect(rows[2]!.figures.attackSuccessRate.difference).toBeCloseTo(success(seeds[0]!) - success(other), 12)
  })

  it('count only finished runs, and each seed once', () => {
    const failed = made(1, (record) => Object.assign(record, { status: 'failed', summary: null }), 10)
    const again = made(4, (record) => {
      record.experiment.seed = 1
    })
    const [mean] = resultRows(grouped([seeds[0]!, failed, again]), seeds[0]!.runId, { eachSeed: false })
    expect(mean).toMatchObject({ n: 1 })
    expect(mean!.figures.attackSuccessRate.after).toEqual(meanInterval([success(again)]))
    expect(mean!.note).toBe(
      '2 of 3 runs are finished; the others do not count. Of several runs with the same seed, the newest counts. ' +
        'One seed, so there is no interval.',
    )
  })

  it('say why figures are missing', () => {
    const running = made(0, (record) => Object.assign(record, { status: 'running', summary: null }), 21)
    const error = { code: 'internal', message: 'It broke.' }
    const failed = made(5, (record) => Object.assign(record, { status: 'failed', summary: null, error }), 8)
    const rows = resultRows(grouped([running, failed]), running.runId, { eachSeed: false })
    expect(rows.map(({ note }) => note)).toEqual(['In progress: Evaluate victim.', 'Failed: It broke.'])
    expect(rows[0]!.figures.cleanAccuracy.after).toBeNull()
  })

  it('have no attack success where there is no attack', () => {
    const clean = made(15)
    const [row] = resultRows(grouped([clean]), clean.runId, { eachSeed: false })
    expect(row!.figures.attackSuccessRate).toEqual({ before: null, after: null, difference: null })
    expect(row!.figures.cleanAccuracy.before).not.toBeNull()
  })

  it('are copied as bare figures with their unit in the head', () => {
    const { columns, rows } = resultsText(resultRows(grouped([...seeds, other]), seeds[0]!.runId, { eachSeed: false }))
    expect(columns[5]).toBe('Clean accuracy after, %')
    expect(rows[0]!.slice(0, 3)).toEqual(['badnets against baeraser, 0 (baseline)', '1 2 3', '3'])
    expect(rows[0]![5]).toMatch(/^\d+\.\d ± \d+\.\d$/)
    expect(rows[1]![6]).toMatch(/^([+-]\d+\.\d|0\.0)$/)
  })
})

describe('the curves', () => {
  it('are offered for the stage that most runs share', () => {
    const training = made(6, (record) => Object.assign(record, { status: 'running' }), 19)
    const stages = curveStages(readRuns([...seeds, training]))
    expect(stages.map(({ id, runs }) => [id, runs])).toEqual([
      ['train', 4],
      ['defense:baeraser:unlearn', 3],
    ])
    const mixed = curveStages(readRuns([seeds[0]!, made(20)]))
    expect(mixed[0]).toMatchObject({ id: 'defense', runs: 2 })
  })

  it('are one line for each run, in its look', () => {
    const groups = grouped([...seeds, other])
    const { series } = compareChart(groups, { stageId: 'train', name: 'cleanAccuracy', isMean: false })
    expect(series.map(({ label }) => label)).toEqual([
      'badnets against baeraser, 0, seed 1',
      'badnets against baeraser, 0, seed 2',
      'badnets against baeraser, 0, seed 3',
      'blended against baeraser, 1, seed 1',
    ])
    expect(series[3]).toMatchObject(other.look)
    expect(series[0]!.segments[0]).toHaveLength(8)
  })

  it('are the mean where all seeds have a point, with the ends of its interval', () => {
    const shorter = made(3, (record) => Object.assign(record, { status: 'running' }), 9)
    const groups = grouped([...seeds, shorter])
    const chart = compareChart(groups, { stageId: 'train', name: 'cleanAccuracy', isMean: true })
    const [mean, interval] = chart.series
    // Three epochs are measured by all four.
    expect(mean!.segments[0]!.map(({ x }) => x)).toEqual([1, 2, 3])
    expect(interval!.segments).toHaveLength(2)
    const [upper, lower] = interval!.segments
    expect((upper![0]!.y + lower![0]!.y) / 2).toBeCloseTo(mean!.segments[0]![0]!.y, 12)
    expect(compareTable(chart).columns).toEqual(['Epoch', 'mean over 4 seeds'])
  })
})
