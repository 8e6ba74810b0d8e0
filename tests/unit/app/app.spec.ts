import { mkdtemp, readFile, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RunEvent, RunFact } from '../../../src-shared/contract/events.js'
import { isTerminal } from '../../../src-shared/contract/events.js'
import type { RunId } from '../../../src-shared/model/ids.js'
import type { RunSummary } from '../../../src-shared/model/run-record.js'
import { createApp, type App } from '../../../src-main/app/create-app.js'
import { createFakeEngine, fakeEngineInfo, type FakeEngine } from '../../helpers/fake-engine.js'
import { secondsOf } from '../../helpers/seconds.js'

const experiment = { dataset: { id: 'mnist-10k' }, model: { id: 'small-cnn' }, attack: { id: 'badnets' }, defenses: [] }
const planned: RunFact = {
  type: 'run.planned',
  stages: [{ kind: 'load', title: 'Load data', defense: null }],
  engine: fakeEngineInfo,
}
const summary: RunSummary = {
  before: { cleanAccuracy: 0.9, attackSuccessRate: 0.8, robustAccuracy: 0.2, baseRate: 0.01 },
  attackTook: true,
  testImages: 10,
  triggeredImages: 9,
  defenses: [],
  seconds: secondsOf({ load: 1, train: 2, evaluate: 1, total: 4 }),
  peakMemoryMb: 1,
  tensorsLeft: 0,
}

describe('the application', () => {
  let workspace = ''
  let engine: FakeEngine
  let app: App
  let events: RunEvent[]
  const logged: unknown[] = []

  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'workspace-'))
    engine = createFakeEngine()
    events = []
    app = createApp({
      paths: {
        workspace,
        engineEntry: '',
        installationFile: '',
        datasetCache: join(workspace, 'cache'),
        packageRoot: workspace,
      },
      launchEngine: () => engine.launch(),
      versions: { unbackdoor: '0', node: 'v0', tfjs: '0', platform: 'test' },
      now: () => new Date('2026-01-31T14:25:00Z'),
      log: (error) => `${logged.push(error)}`,
    })
    app.subscribe((event) => events.push(event))
  })
  afterEach(async () => {
    app.close()
    await rm(workspace, { recursive: true })
  })

  const start = async (): Promise<RunId> => (await app.handlers['run.start']({ experiment })).runId
  const jobsStarted = (count: number) => expect.poll(() => engine.jobs.length).toBe(count)
  const ended = () => expect.poll(() => events.some(isTerminal)).toBe(true)
  const snapshot = (runId: RunId) => app.handlers['run.snapshot']({ runId, afterSeq: 0 })

  it('follows a run from queued to done and keeps all of it on disk', async () => {
    const runId = await start()
    await jobsStarted(1)
    engine.say(planned)
    engine.say({ type: 'run.stage', index: 0 })
    engine.say({ type: 'run.metrics', stage: 0, epoch: 1, origin: 'evaluation', values: { cleanAccuracy: 0.5 } })
    engine.say({
      type: 'run.artifact',
      artifact: { path: 'victim.safetensors', title: 'Victim', mediaType: 'x/y', byteLength: 3 },
    })
    engine.say({ type: 'run.finished', summary })
    await ended()
    const { record, events: kept, lastSeq, folder } = await snapshot(runId)
    expect(record).toMatchObject({ status: 'done', summary, engine: fakeEngineInfo })
    expect(record.experiment.attack?.params).toMatchObject({ poisonRate: 0.05 })
    expect(record.artifacts).toHaveLength(1)
    expect(kept).toEqual(events)
    expect(kept.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
    expect(lastSeq).toBe(6)
    expect(await readFile(join(folder, 'metrics.csv'), 'utf8')).toBe(
      'stage,epoch,origin,name,value\n0,1,evaluation,cleanAccuracy,0.5\n',
    )
  })

  it('gives a client that comes back only what it missed', async () => {
    const runId = await start()
    await jobsStarted(1)
    engine.say(planned)
    engine.say({ type: 'run.finished', summary })
    await ended()
    const missed = await app.handlers['run.snapshot']({ runId, afterSeq: 2 })
    expect(missed.events.map(({ type }) => type)).toEqual(['run.finished'])
  })

  it('runs one after the other', async () => {
    const first = await start()
    const second = await start()
    await jobsStarted(1)
    expect(engine.jobs[0]?.runId).toBe(first)
    engine.say({ type: 'run.finished', summary })
    await jobsStarted(2)
    expect(engine.jobs[1]?.runId).toBe(second)
  })

  it('refuses a wrong experiment before anything is written', async () => {
    await expect(app.handlers['run.start']({ experiment: { ...experiment, seed: -1 } })).rejects.toMatchObject({
      code: 'invalid-input',
      fields: [{ path: 'seed' }],
    })
    expect((await app.handlers['run.list']({})).runs).toEqual([])
  })

  it('records a failure as the engine tells it', async () => {
    const runId = await start()
    await jobsStarted(1)
    engine.say({ type: 'run.failed', error: { code: 'out-of-memory', message: 'No room.', hint: 'Smaller.' } })
    await ended()
    expect((await snapshot(runId)).record).toMatchObject({
      status: 'failed',
      error: { code: 'out-of-memory', message: 'No room.' },
      finishedAt: '2026-01-31T14:25:00.000Z',
    })
  })

  it('records a crash with the last words of the engine, and goes on with a fresh one', async () => {
    const runId = await start()
    const waiting = await start()
    await jobsStarted(1)
    engine.say(planned)
    await expect.poll(() => events.length).toBe(3)
    engine.die('it was ended by SIGSEGV; its last words: oh')
    await ended()
    await jobsStarted(2)
    expect(engine.launches).toBe(2)
    expect((await snapshot(runId)).record).toMatchObject({ status: 'failed', error: { code: 'engine-crashed' } })
    expect((await snapshot(runId)).record.error?.message).toContain('SIGSEGV; its last words: oh')
    expect(engine.jobs[1]?.runId).toBe(waiting)
  })

  it('cancels a running run, and a waiting one without the engine', async () => {
    const running = await start()
    const waiting = await start()
    await jobsStarted(1)
    await app.handlers['run.cancel']({ runId: waiting })
    await app.handlers['run.cancel']({ runId: running })
    await expect.poll(() => events.filter(isTerminal).length).toBe(2)
    expect((await snapshot(running)).record.status).toBe('cancelled')
    expect((await snapshot(waiting)).record.status).toBe('cancelled')
    expect(engine.jobs).toHaveLength(1)
    await expect(app.handlers['run.cancel']({ runId: running })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('kills an engine that does not answer a cancellation in time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    try {
      const runId = await start()
      await vi.waitFor(() => expect(engine.jobs).toHaveLength(1))
      engine.onCancel = () => {}
      await app.handlers['run.cancel']({ runId })
      expect(events.some(isTerminal)).toBe(false)
      vi.advanceTimersByTime(5_000)
    } finally {
      vi.useRealTimers()
    }
    await ended()
    expect((await snapshot(events[0]!.runId)).record.error?.message).toContain('SIGKILL')
  })

  it('keeps progress once a second at most, but hands out all of it', async () => {
    const runId = await start()
    await jobsStarted(1)
    const progress = {
      type: 'run.progress',
      stage: 0,
      epoch: 1,
      epochs: 1,
      step: 1,
      steps: 9,
      imagesPerSecond: 1,
      remainingMs: 1,
      loss: 1,
    } as const
    for (let i = 0; i < 20; i++) engine.say(progress)
    engine.say({ type: 'run.finished', summary })
    await ended()
    expect(events.filter(({ type }) => type === 'run.progress')).toHaveLength(20)
    const kept = (await snapshot(runId)).events
    expect(kept.filter(({ type }) => type === 'run.progress')).toHaveLength(1)
    expect(kept.at(-1)?.seq).toBe(events.at(-1)?.seq)
  })

  it('lists runs newest first and names folders that are none', async () => {
    const runId = await start()
    await mkdir(join(workspace, 'runs', 'holiday-photos'))
    await mkdir(join(workspace, 'runs', '20250101-000000-aaaaaa'))
    await writeFile(join(workspace, 'runs', '20250101-000000-aaaaaa', 'run.json'), '{"half": ')
    const { runs, unreadable } = await app.handlers['run.list']({})
    expect(runs.map((run) => run.runId)).toEqual([runId])
    expect(unreadable.toSorted()).toEqual(['20250101-000000-aaaaaa', 'holiday-photos'])
  })

  it('leaves out a last event that a power cut tore', async () => {
    const runId = await start()
    await jobsStarted(1)
    engine.say({ type: 'run.finished', summary })
    await ended()
    const path = join(workspace, 'runs', runId, 'events.jsonl')
    await writeFile(path, `${await readFile(path, 'utf8')}{"type":"run.no`)
    expect((await snapshot(runId)).events.at(-1)?.type).toBe('run.finished')
  })

  it('refuses a workspace that cannot be written, naming it', async () => {
    await writeFile(join(workspace, 'file'), '')
    const other = createApp({
      paths: {
        workspace: join(workspace, 'file'),
        engineEntry: '',
        installationFile: '',
        datasetCache: '',
        packageRoot: '',
      },
      launchEngine: () => engine.launch(),
      versions: { unbackdoor: '0', node: 'v0', tfjs: '0', platform: 'test' },
      now: () => new Date(),
      log: () => '',
    })
    await expect(other.handlers['run.start']({ experiment })).rejects.toMatchObject({
      code: 'invalid-input',
      fields: [{ path: 'workspace' }],
    })
    other.close()
  })

  it('says which run is not there', async () => {
    await expect(snapshot('20200101-000000-abcdef' as RunId)).rejects.toMatchObject({ code: 'not-found' })
  })
})
