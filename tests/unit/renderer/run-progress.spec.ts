import { describe, expect, it } from 'vitest'
import type { RunListing } from '../../../src-shared/model/run-record.js'
import { logText, shownLines } from '../../../src-renderer/src/features/run/log/shown-lines.js'
import type { LogLine } from '../../../src-shared/runs/run-log.js'
import { runState } from '../../../src-shared/runs/run-state.js'
import { expectedFrom, likeliestRun, timeLeft } from '../../../src-renderer/src/stores/time-left.js'
import { defaultEvents, defaultRecord, queuedRecord } from './fixtures/fixtures.js'

const done = runState(queuedRecord, defaultEvents)
const { seconds } = defaultRecord.summary!

/** The run as it was just after its first report of progress in a stage. */
function within(stage: number) {
  const at = defaultEvents.findIndex((event) => event.type === 'run.progress' && event.stage === stage)
  const state = runState(queuedRecord, defaultEvents.slice(0, at + 1))
  return { state, nowMs: Date.parse(defaultEvents[at]!.at) }
}

describe('what a run may be expected to take', () => {
  const listing = (runId: string, part: Partial<RunListing>): RunListing =>
    ({
      runId,
      status: 'done',
      createdAt: `2026-01-0${runId}`,
      experimentKey: 'x',
      dataset: 'd',
      model: 'm',
      attack: 'a',
      defenses: ['b'],
      ...part,
    }) as RunListing

  it('is judged by the latest run with the same experiment, otherwise by the latest of the same parts', () => {
    const run = listing('9', { status: 'running' })
    const other = listing('8', { experimentKey: 'y' })
    const unlike = listing('7', { experimentKey: 'z', model: 'n' })
    expect(likeliestRun([run, other, listing('2', {}), listing('3', {}), unlike], run)?.runId).toBe('3')
    expect(likeliestRun([run, unlike, other], run)?.runId).toBe('8')
    expect(likeliestRun([run, unlike, listing('4', { status: 'failed' })], run)).toBeNull()
  })

  it('knows each stage by its kind, and shares the time among several of a kind', () => {
    const expected = expectedFrom(defaultRecord, defaultRecord.stages)
    const evaluations = defaultRecord.stages.filter(({ kind }) => kind === 'evaluate').length
    expect(expected[2]).toBe(1000 * seconds.train)
    expect(expected.at(-1)).toBe((1000 * seconds.evaluate) / evaluations)
    expect(expectedFrom(defaultRecord, [{ kind: 'prune', title: 'Prune', defense: 0 }])).toEqual([null])
  })

  it('adds what is left of the stage to what the others take', () => {
    const { state, nowMs } = within(4)
    const expected = expectedFrom(defaultRecord, defaultRecord.stages)
    const left = state.progress!.remainingMs!
    const { stageMs, runMs, isWhole } = timeLeft(state, expected, nowMs + 1_000)
    expect(stageMs).toBe(Math.max(0, left - 1_000))
    expect(runMs).toBeCloseTo(stageMs! + expected[5]! + expected[6]!, 6)
    expect(isWhole).toBe(true)
    expect(timeLeft(state, [], nowMs)).toMatchObject({ stageMs: left, isWhole: false })
  })

  it('stands still while the run is paused, and says nothing when it is over', () => {
    const { state, nowMs } = within(4)
    expect(timeLeft({ ...state, isPaused: true }, [], nowMs + 60_000).stageMs).toBe(state.progress!.remainingMs)
    expect(timeLeft(done, [], nowMs)).toEqual({ stageMs: null, runMs: null, isWhole: false })
  })
})

describe('the log', () => {
  it('tells stages, files and the end in their order', () => {
    const texts = done.log.map(({ text }) => text)
    expect(texts[0]).toBe('Waiting for the engine')
    expect(texts.filter((text) => /^\d\/7 /.test(text))).toHaveLength(7)
    expect(texts).toContain('Saved victim.safetensors: Victim weights')
    expect(texts.at(-1)).toBe('Done')
    expect(done.log.map(({ atMs }) => atMs)).toEqual(done.log.map(({ atMs }) => atMs).toSorted((a, b) => a - b))
  })

  const lines: LogLine[] = [
    { atMs: 0, level: 'stage', text: '1/2 Train victim' },
    { atMs: 1_000, level: 'engine', text: 'Could not load library' },
    { atMs: 2_000, level: 'warning', text: 'The attack did not take' },
  ]

  it('is filtered by level and by words', () => {
    expect(shownLines(lines, 'all', '')).toBe(lines)
    expect(shownLines(lines, 'problems', '').map(({ level }) => level)).toEqual(['warning'])
    expect(shownLines(lines, 'stages', 'TRAIN').map(({ text }) => text)).toEqual(['1/2 Train victim'])
    expect(shownLines(lines, 'engine', 'take')).toEqual([])
  })

  it('is copied as lines of text with their time', () => {
    expect(logText(lines).split('\n')).toEqual([
      '1970-01-01T00:00:00.000Z STAGE 1/2 Train victim',
      '1970-01-01T00:00:01.000Z ENGINE Could not load library',
      '1970-01-01T00:00:02.000Z WARNING The attack did not take',
    ])
  })
})
