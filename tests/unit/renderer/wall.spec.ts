import { describe, expect, it } from 'vitest'
import {
  epochMarks,
  epochPosition,
  frameIndexAt,
  holdMs,
  labelledMarks,
  momentText,
  momentWords,
  parseMoment,
  stepsPerEpoch,
} from '../../../src-renderer/src/features/run/wall/moments.js'
import { recoveredEpochs } from '../../../src-renderer/src/features/run/wall/recovered-epochs.js'
import { runPart } from '../../../src-renderer/src/features/run/wall/run-part.js'
import { curveChart, curvePoints, curveTable } from '../../../src-renderer/src/features/run/wall/wall-curves.js'
import {
  classNames,
  defenseOptions,
  framesOf,
  latestDefense,
  whyNoAnswers,
} from '../../../src-renderer/src/features/run/wall/wall-view.js'
import { initialRunState, runState, type RunState } from '../../../src-shared/runs/run-state.js'
import {
  answerKind,
  answersAt,
  countAnswers,
  countTurned,
  describeCounts,
} from '../../../src-renderer/src/ui/wall/answers.js'
import { river } from '../../../src-renderer/src/ui/wall/river.js'
import { defaultEvents, defaultRecord, queuedRecord } from './fixtures/fixtures.js'

const layout = { columns: 2, trueClasses: [1, 2, 3, 4], targetClasses: [0, 0, 0, 5] }
const frame = (epoch: number, step: number, predicted: number[]) => ({
  epoch,
  step,
  predicted,
  confidence: predicted.map(() => 0.5),
})
/** Two epochs of four steps, of which every second is kept. */
const frames = [
  frame(0, 0, [0, 0, 0, 5]),
  frame(1, 2, [0, 0, 9, 5]),
  frame(1, 4, [1, 0, 3, 4]),
  frame(2, 2, [1, 2, 3, 4]),
]

describe('answers', () => {
  it('are the target, the true class, another class, or not known', () => {
    expect([answerKind(0, 1, 0), answerKind(1, 1, 0), answerKind(7, 1, 0), answerKind(null, 1, 0)]).toEqual([
      'target',
      'true',
      'other',
      'unknown',
    ])
  })

  it('know the target of each image', () => {
    expect(answersAt(layout, frames[0]!).map(({ kind }) => kind)).toEqual(Array(4).fill('target'))
    expect(answersAt(layout, null).every(({ kind, confidence }) => kind === 'unknown' && confidence === null)).toBe(
      true,
    )
  })

  it('are counted', () => {
    expect(frames.map((each) => countAnswers(layout, each))).toEqual([
      { target: 4, true: 0, other: 0, total: 4 },
      { target: 3, true: 0, other: 1, total: 4 },
      { target: 1, true: 3, other: 0, total: 4 },
      { target: 0, true: 4, other: 0, total: 4 },
    ])
    expect(describeCounts(countAnswers(layout, frames[1]!))).toBe('target 3, true class 0, other 1 of 4')
    expect(countTurned(frames[0]!, frames[2]!)).toBe(3)
  })

  it('are drawn as areas upon each other', () => {
    const { viewBox, target, other } = river(frames.map((each) => countAnswers(layout, each)))
    expect(viewBox).toBe('0 0 3 4')
    expect(target).toBe('M0 0L1 1L2 3L3 4L3 4L0 4Z')
    expect(other.startsWith('M0 0L1 0L2 3')).toBe(true)
    expect(river([countAnswers(layout, frames[0]!)]).target).toBe('M0 0L1 0L1 4L0 4Z')
    expect(river([]).target).toBe('')
  })
})

describe('moments', () => {
  it('stand in the address', () => {
    expect(parseMoment(momentText({ epoch: 3, step: 17 }))).toEqual({ epoch: 3, step: 17 })
    expect(parseMoment('2')).toEqual({ epoch: 2, step: Infinity })
    for (const text of [undefined, null, '', 'x', '1.', '-1.2', '1.2.3', ['1.2']]) expect(parseMoment(text)).toBeNull()
  })

  it('are shown by the last frame that is not after them', () => {
    const at = (epoch: number, step: number): number => frameIndexAt(frames, { epoch, step })
    expect([at(0, 0), at(1, 1), at(1, 2), at(1, 3), at(1, Infinity), at(2, 1), at(9, 0)]).toEqual([0, 0, 1, 1, 2, 2, 3])
    expect(frameIndexAt(frames, null)).toBe(3)
    expect(frameIndexAt([], null)).toBe(-1)
    expect(frameIndexAt([], { epoch: 1, step: 1 })).toBe(-1)
  })

  it('mark the ends of epochs that are over', () => {
    const marks = epochMarks(frames, 4)
    expect(marks).toEqual([
      { epoch: 0, index: 0 },
      { epoch: 1, index: 2 },
    ])
    expect(epochMarks([...frames, frame(2, 4, [])], 4)).toHaveLength(3)
    expect(stepsPerEpoch(frames, null)).toBe(4)
    expect(stepsPerEpoch(frames.slice(0, 2), 4)).toBe(4)
  })

  it('have a place among the epochs, and words', () => {
    expect(frames.map((each) => epochPosition(each, 4))).toEqual([0, 0.5, 1, 1.5])
    expect(frames.slice(0, 3).map((each) => momentWords(each, 4))).toEqual([
      'before the first step',
      'epoch 1, step 2 of 4',
      'end of epoch 1',
    ])
  })

  it('have about a dozen labels, and are held longer where much turns', () => {
    const many = Array.from({ length: 101 }, (_, epoch) => ({ epoch, index: epoch }))
    expect(labelledMarks(many).map(({ epoch }) => epoch)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100])
    expect(holdMs(40)).toBeGreaterThan(5 * holdMs(1))
    expect(holdMs(96)).toBeLessThan(1_000)
  })
})

describe('the wall of a run', () => {
  const done = runState(queuedRecord, defaultEvents)
  const seen = frames.map((each) => ({ ...each, stage: 5 }))
  const withFrames = { record: done.record, wall: { frames: seen } }

  it('belongs to the defense whose stage it is', () => {
    expect(framesOf(withFrames, 0)).toHaveLength(4)
    expect(framesOf(withFrames, 1)).toEqual([])
    expect(latestDefense(withFrames)).toBe(0)
    expect(defenseOptions(done)).toEqual([{ index: 0, title: 'BAERASER' }])
    const [defense] = done.record.experiment.defenses
    const record = { ...done.record, experiment: { ...done.record.experiment, defenses: [defense!, defense!] } }
    expect(defenseOptions({ record }).map(({ title }) => title)).toEqual(['1 BAERASER', '2 baeraser'])
  })

  it('is what the page shows once there are answers, unless something else was asked for', () => {
    expect([runPart(undefined, true), runPart(undefined, false)]).toEqual(['wall', 'figures'])
    expect([runPart('figures', true), runPart('wall', false), runPart('x', true)]).toEqual(['figures', 'wall', 'wall'])
  })

  it('says why there are no answers', () => {
    const change = (experiment: Partial<RunState['record']['experiment']>): RunState => ({
      ...initialRunState(queuedRecord),
      record: { ...queuedRecord, experiment: { ...queuedRecord.experiment, ...experiment } },
    })
    const titles = [
      change({ attack: null }),
      change({ defenses: [] }),
      change({}),
      { ...change({}), record: { ...queuedRecord, status: 'cancelled' as const } },
      { ...done, wall: null },
    ].map((state) => whyNoAnswers(state, 0)?.title)
    expect(titles).toEqual([
      'Nothing to trigger',
      'No defense to watch',
      'The wall is not hung yet',
      'The run ended before the repair',
      'Nothing was repaired',
    ])
  })

  it('draws the curves of the repair with a cursor', () => {
    const points = curvePoints(done.metrics, 5)
    expect(points.every(({ attackSuccess, cleanAccuracy }) => attackSuccess !== null && cleanAccuracy !== null)).toBe(
      true,
    )
    const { x, boundaries, series } = curveChart(points, 12, 1.5)
    expect(x.max).toBe(12)
    expect(boundaries).toEqual([{ x: 1.5, label: 'moment on the wall', isCursor: true }])
    expect(series.map(({ segments }) => segments.flat().length)).toEqual([points.length, points.length])
    expect(curveTable(points).rows).toHaveLength(points.length)
    expect(curveChart([], 0, null).boundaries).toEqual([])
  })

  it('finds what was recovered, and what it achieves', () => {
    const source = { record: defaultRecord, metrics: done.metrics }
    const found = recoveredEpochs(source, 0, (path) => `/${path}`)
    expect(found.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 30 }, (_, k) => k + 1))
    expect(found[14]?.url).toBe('/recovered/epoch-015.png')
    expect(recoveredEpochs(source, 0, () => null)).toEqual([])
    const [defense] = defaultRecord.experiment.defenses
    const artifacts = defaultRecord.artifacts.map((each) => ({ ...each, path: `defense-2/${each.path}` }))
    const experiment = { ...defaultRecord.experiment, defenses: [defense!, defense!] }
    const two = { ...source, record: { ...defaultRecord, experiment, artifacts } }
    expect(recoveredEpochs(two, 0, (path) => path)).toEqual([])
    expect(recoveredEpochs(two, 1, (path) => path).map(({ url }) => url)[0]).toBe('defense-2/recovered/epoch-001.png')
  })

  it('names the classes as the run does', () => {
    expect(classNames({ record: defaultRecord })(3)).toBe('3')
    expect(classNames({ record: queuedRecord })(12)).toBe('12')
  })
})
