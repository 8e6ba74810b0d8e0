import { describe, expect, it } from 'vitest'
import { appendBounded } from '../../../src-renderer/src/stores/bounded-series.js'
import { applyEvent, initialRunState, runState } from '../../../src-renderer/src/stores/run-state.js'
import { stageViews } from '../../../src-renderer/src/stores/stage-view.js'
import { defaultEvents, defaultRecord, queuedRecord } from './fixtures/fixtures.js'

describe('runState', () => {
  it('ends with what the record says', () => {
    const state = runState(queuedRecord, defaultEvents)
    expect(state.record).toEqual({ ...defaultRecord, artifacts: state.record.artifacts })
    expect(state.record.artifacts.map(({ path }) => path)).toEqual(defaultRecord.artifacts.map(({ path }) => path))
    expect(state.lastSeq).toBe(defaultEvents.at(-1)?.seq)
  })

  it('gives the same picture after a reload at any moment', () => {
    for (const at of [1, 5, 20, 40, 700, defaultEvents.length]) {
      const followed = runState(queuedRecord, defaultEvents.slice(0, at))
      // The record of a snapshot is newer than the one that the page began with, and may be ahead of the events.
      const reloaded = runState(followed.record, defaultEvents.slice(0, at))
      expect(reloaded).toEqual(followed)
    }
  })

  it('ignores events that were applied before', () => {
    const state = runState(queuedRecord, defaultEvents)
    expect(defaultEvents.reduce(applyEvent, state)).toBe(state)
  })

  it('keeps the loss as often as it is kept on disk', () => {
    const state = runState(queuedRecord, defaultEvents.slice(0, 3))
    const progress = defaultEvents.find((event) => event.type === 'run.progress')!
    const startMs = Date.parse(progress.at)
    const often = Array.from({ length: 50 }, (_, index) => ({
      ...progress,
      seq: progress.seq + index,
      at: new Date(startMs + 100 * index).toISOString(),
    }))
    const live = often.reduce(applyEvent, state)
    const onDisk = often.filter((_, index) => index % 10 === 0).reduce(applyEvent, state)
    expect(live.loss).toHaveLength(5)
    expect(live.loss).toEqual(onDisk.loss)
  })

  it('never changes a state in place', () => {
    const states = [initialRunState(queuedRecord)]
    for (const event of defaultEvents) states.push(Object.freeze(applyEvent(states.at(-1)!, event)))
    expect(states[0]).toEqual(initialRunState(queuedRecord))
  })
})

describe('stageViews', () => {
  it('says of each stage what became of it', () => {
    const views = stageViews(runState(queuedRecord, defaultEvents))
    expect(views.map(({ status }) => status)).toEqual(Array(views.length).fill('done'))
    expect(views.every(({ startedMs, endedMs }) => startedMs !== null && endedMs !== null)).toBe(true)
  })

  it('tells stages that were passed over from those that were never reached', () => {
    const [queued, planned, load] = defaultEvents
    const jump = { ...load!, type: 'run.stage' as const, index: 3, seq: 4 }
    const cancelled = { ...queued!, type: 'run.cancelled' as const, seq: 5 }
    const state = [queued!, planned!, load!, jump, cancelled].reduce(applyEvent, initialRunState(queuedRecord))
    const statuses = stageViews(state).map(({ status }) => status)
    expect(statuses.slice(0, 5)).toEqual(['done', 'skipped', 'skipped', 'cancelled', 'unreached'])
  })
})

describe('appendBounded', () => {
  it('stays within its length and keeps first and last', () => {
    let points: number[] = []
    for (let i = 0; i < 1_000; i++) points = appendBounded(points, i, 100)
    expect(points.length).toBeLessThanOrEqual(100)
    expect(points[0]).toBe(0)
    expect(points.at(-1)).toBe(999)
    expect(points).toEqual(points.toSorted((a, b) => a - b))
  })
})
