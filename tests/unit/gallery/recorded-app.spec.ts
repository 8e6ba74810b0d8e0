import { beforeEach, describe, expect, it } from 'vitest'
import { createRecordedApp, type RecordedApp } from '../../../src-renderer/gallery/recorded/recorded-app.js'
import { MANY_RUNS, runsOf, scenarios, type ScenarioName } from '../../../src-renderer/gallery/recorded/scenarios.js'
import { planExperiment } from '../../../src-main/lab/experiment-plan.js'
import { runState } from '../../../src-shared/runs/run-state.js'
import { commands, isRunEvent, type AppEvent, type RunEvent } from '../../../src-shared/contract/index.js'
import type { JsonValue } from '../../../src-shared/model/json.js'
import { RunRecord } from '../../../src-shared/model/run-record.js'
import { createMemoryPair } from '../../../src-shared/rpc/memory-transport.js'
import { connectTo } from '../../helpers/contract-client.js'
import { createFakeClock, type FakeClock } from '../../helpers/fake-clock.js'
import { defaultEvents, defaultRecord, recording } from '../renderer/fixtures/fixtures.js'
import { allRuns } from '../../../src-shared/runs/run-list.js'

const { experiment } = defaultRecord
const WHOLE_RUN_MS = Date.parse(defaultEvents.at(-1)!.at) - Date.parse(defaultEvents[0]!.at)

const RUNS_AT_START: Record<ScenarioName, number> = {
  live: 0,
  finished: 1,
  failed: 1,
  cancelled: 1,
  'no-runs': 0,
  'many-runs': MANY_RUNS,
  'no-connection': 0,
}

let clock: FakeClock
let app: RecordedApp
let heard: RunEvent[]

beforeEach(() => open('no-runs'))

function open(scenario: ScenarioName, speed = 1): void {
  clock = createFakeClock(Date.UTC(2026, 5, 1))
  app = createRecordedApp({ recording, runs: runsOf(scenario, recording), speed, clock })
  heard = []
  app.subscribe((event) => isRunEvent(event) && heard.push(event))
}

const start = async (given: unknown = experiment) =>
  (await app.handlers['run.start']({ experiment: JSON.parse(JSON.stringify(given)) })).runId
const typesSince = (seq: number) => heard.filter((event) => event.seq > seq).map(({ type }) => type)
const snapshot = (runId: RunRecord['runId']) => app.handlers['run.snapshot']({ runId, afterSeq: 0 })

describe('a replay', () => {
  it('says everything of the recorded run, under its own name and time', async () => {
    const runId = await start()
    clock.pass(WHOLE_RUN_MS)
    expect(heard.map(({ type }) => type)).toEqual(defaultEvents.map(({ type }) => type))
    expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_, index) => index + 1))
    expect(new Set(heard.map((event) => event.runId))).toEqual(new Set([runId]))
    expect(heard[0]!.at).toBe('2026-06-01T00:00:00.000Z')

    const { record, events, lastSeq } = await snapshot(runId)
    expect(RunRecord.parse(record)).toMatchObject({ status: 'done', summary: defaultRecord.summary })
    expect(events).toEqual(heard)
    expect(lastSeq).toBe(heard.length)
    expect(runState(record, events).record).toEqual(record)
  })

  it('pauses and goes on where it was', async () => {
    const runId = await start()
    clock.pass(10_000)
    const before = heard.length
    await app.handlers['run.pause']({ runId })
    clock.pass(60_000)
    expect(typesSince(before)).toEqual(['run.paused'])
    await app.handlers['run.resume']({ runId })
    clock.pass(WHOLE_RUN_MS - 10_000)
    expect(heard.at(-1)!.type).toBe('run.finished')
    expect(heard.length).toBe(defaultEvents.length + 2)
  })

  it('that is stopped leaves out the rest of its stage, says so and finishes', async () => {
    const runId = await start()
    clock.pass(10_000)
    const before = heard.length
    await app.handlers['run.stop']({ runId })
    clock.pass(0)
    expect(typesSince(before).slice(0, 2)).toEqual(['run.note', 'run.stage'])
    clock.pass(WHOLE_RUN_MS)
    expect(heard.at(-1)!.type).toBe('run.finished')
    expect(heard.length).toBeLessThan(defaultEvents.length)
  })

  it('that is cancelled keeps what there was, and the next one begins', async () => {
    const first = await start()
    const second = await start()
    clock.pass(5_000)
    expect(heard.filter(({ runId }) => runId === second).map(({ type }) => type)).toEqual(['run.queued'])
    await app.handlers['run.cancel']({ runId: first })
    clock.pass(WHOLE_RUN_MS)
    const { runs } = await app.handlers['run.list'](allRuns)
    expect(runs.map(({ runId, status }) => [runId, status])).toEqual([
      [second, 'done'],
      [first, 'cancelled'],
    ])
  })

  it('cannot be steered when it is not in progress', async () => {
    const first = await start()
    const waiting = await start()
    await expect(app.handlers['run.pause']({ runId: waiting })).rejects.toThrow('is not in progress')
    await app.handlers['run.cancel']({ runId: waiting })
    await expect(app.handlers['run.cancel']({ runId: waiting })).rejects.toThrow('is not in progress')
    await app.handlers['run.cancel']({ runId: first })
    await expect(app.handlers['run.resume']({ runId: first })).rejects.toThrow('is not in progress')
  })

  it('says so when something else was asked for than was recorded', async () => {
    await start()
    expect(heard.some(({ type }) => type === 'run.note')).toBe(false)
    open('no-runs')
    await start({ ...experiment, seed: 2 })
    expect(heard.some((event) => event.type === 'run.note' && event.text.includes('Nothing is computed'))).toBe(true)
  })
})

describe('the recorded application', () => {
  it('completes an experiment as the laboratory does', async () => {
    for (const { experiment } of recording.catalogue.experiments) {
      const checked = await app.handlers['experiment.check']({ experiment })
      expect(checked.experiment).toEqual(planExperiment(experiment).experiment)
    }
  })

  it('refuses what the catalogue does not allow, field by field', async () => {
    const wrong = { ...experiment, model: { id: 'nothing' }, attack: { id: 'badnets', params: { poisonRate: 7 } } }
    await expect(start(wrong)).rejects.toMatchObject({
      code: 'invalid-input',
      fields: [
        { path: 'model.id', message: expect.stringContaining('small-cnn') },
        { path: 'attack.params.poisonRate', value: '7', message: 'must be at most 1' },
      ],
    })
    expect(heard).toEqual([])
  })

  it('has the poisoned images of its experiment and no others', async () => {
    const ask = (given: object, offset: number, count = 16) =>
      app.handlers['trigger.preview']({ experiment: JSON.parse(JSON.stringify(given)), offset, count })
    const page = await ask(experiment, 16)
    expect(page.samples).toEqual(recording.preview.samples.slice(16, 32))
    expect(page.poisoned.count).toBe(16)
    expect(atob(page.poisoned.base64).length).toBe(16 * 28 * 28)
    expect((await ask(experiment, 60)).samples).toHaveLength(4)
    await expect(ask(experiment, 64)).rejects.toThrow('holds the first 64 of 375')
    await expect(ask({ ...experiment, seed: 2 }, 0)).rejects.toMatchObject({ code: 'unsupported' })
  })

  it.each(Object.keys(scenarios) as ScenarioName[])('answers every question in the scenario "%s"', async (scenario) => {
    open(scenario)
    const { runs } = await app.handlers['run.list'](allRuns)
    expect(runs).toHaveLength(RUNS_AT_START[scenario])
    expect(new Set(runs.map(({ runId }) => runId)).size).toBe(runs.length)
    for (const { runId, status } of runs.slice(0, 50)) {
      const { record } = await snapshot(runId)
      expect(RunRecord.parse(record).status).toBe(status)
    }
  })

  it('keeps what people say of a run, and tells everyone', async () => {
    open('finished')
    const told: AppEvent[] = []
    app.subscribe((event) => told.push(event))
    const { runId } = defaultRecord
    await app.handlers['run.annotate']({ runId, change: { addTags: ['paper'], isStarred: true } })
    expect(told).toMatchObject([{ type: 'run.annotated', runId, annotations: { tags: ['paper'] } }])
    const { runs } = await app.handlers['run.list'](allRuns)
    expect(runs[0]?.annotations).toEqual({ tags: ['paper'], note: '', isStarred: true, isArchived: false })
  })

  it('knows what its own experiment takes', async () => {
    const ask = (given: object) =>
      app.handlers['experiment.estimate']({ experiment: JSON.parse(JSON.stringify(given)) as JsonValue })
    expect(await ask(experiment)).toEqual(recording.estimate)
    await expect(ask({ ...experiment, seed: 2 })).rejects.toMatchObject({ code: 'unsupported' })
  })

  it('refuses in words what it can neither replay nor compute', async () => {
    await expect(app.handlers['dataset.download']({ id: 'cifar10' })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('not recorded') as string,
    })
  })

  it('speaks the contract over a wire', async () => {
    const [near, far] = createMemoryPair()
    app.serve(far)
    const client = connectTo(near)
    const events: AppEvent[] = []
    client.onEvent((event) => events.push(event))
    const { runId } = await client.call('run.start', { experiment: JSON.parse(JSON.stringify(experiment)) })
    expect(events.map((event) => [event.runId, event.type])).toEqual([[runId, 'run.queued']])
    expect(await client.call('catalogue.list', {})).toEqual(recording.catalogue)
    expect(Object.keys(app.handlers).toSorted()).toEqual(Object.keys(commands).toSorted())
  })
})
