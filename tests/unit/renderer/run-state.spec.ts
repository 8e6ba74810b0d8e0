import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../src-shared/contract/index.js'
import { applyEvent, initialRunState, runState } from '../../../src-shared/runs/run-state.js'
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

  it('draws the same curve from what is kept on disk as from all that was heard', () => {
    const planned = runState(queuedRecord, defaultEvents.slice(0, 2))
    const startMs = Date.parse(defaultEvents[1]!.at)
    const stamp = (ms: number, seq: number) => ({
      runId: planned.record.runId,
      seq,
      at: new Date(startMs + ms).toISOString(),
    })
    const report = (epoch: number, step: number, note: string) =>
      ({
        type: 'run.progress',
        stage: 4,
        epoch,
        epochs: 50,
        step,
        steps: 40,
        imagesPerSecond: 1,
        remainingMs: 1,
        loss: step,
        note,
      }) as const
    // 400 s of ten reports a second: two walks through the same epochs.
    const heard: RunEvent[] = [{ type: 'run.stage', index: 4, ...stamp(0, 3) }]
    for (const [walk, note] of ['class 0', 'class 1'].entries()) {
      for (let done = 1; done <= 2_000; done++) {
        const place = report(Math.ceil(done / 40), ((done - 1) % 40) + 1, note)
        heard.push({ ...place, ...stamp(100 * (2_000 * walk + done), 3 + 2_000 * walk + done) })
      }
    }
    const live = heard.reduce(applyEvent, planned)
    const kept = heard.filter(
      (event) =>
        event.type !== 'run.progress' ||
        live.loss.some(({ elapsedMs }) => startMs + elapsedMs === Date.parse(event.at)),
    )
    const reloaded = kept.reduce(applyEvent, planned)
    expect(reloaded.loss).toEqual(live.loss)
    expect(reloaded.passes).toEqual(live.passes)
    expect(live.passes.map(({ note }) => note)).toEqual(['class 0', 'class 1'])
    // All of the first 100 s, then ever less; the beginning and the end of each walk in any case.
    expect(live.loss.length).toBeLessThan(1_000 + 1_000 * Math.log(4) + 10)
    expect(live.loss.slice(0, 1_000).every(({ steps }, index) => steps === index + 1)).toBe(true)
    expect(live.loss.filter(({ steps }) => steps === 1 || steps === 2_000)).toHaveLength(4)
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
