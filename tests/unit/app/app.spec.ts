import { mkdtemp, readFile, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AppEvent, RunEvent, RunFact } from '../../../src-shared/contract/events.js'
import { AppError } from '../../../src-shared/contract/errors.js'
import { isRunEvent, isTerminal } from '../../../src-shared/contract/events.js'
import { ImportOptions } from '../../../src-shared/model/dataset.js'
import type { RunId } from '../../../src-shared/model/ids.js'
import { noAnnotations, type AnnotationsChange } from '../../../src-shared/model/run-annotations.js'
import type { RunSummary } from '../../../src-shared/model/run-record.js'
import type { App } from '../../../src-main/app/create-app.js'
import { createFakeEngine, fakeEngineInfo, type FakeEngine } from '../../helpers/fake-engine.js'
import { createTestApp, removeWorkspace } from '../../helpers/test-app.js'
import { secondsOf } from '../../helpers/seconds.js'
import { allRuns } from '../../../src-shared/runs/run-list.js'

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
    // Of this test alone: what the application of an earlier one still says is not heard.
    const heard: RunEvent[] = []
    events = heard
    app = createTestApp(
      workspace,
      () => engine,
      (error) => `${logged.push(error)}`,
    )
    app.subscribe((event) => void (isRunEvent(event) && heard.push(event)))
  })
  afterEach(async () => {
    app.close()
    await removeWorkspace(workspace)
  })

  const start = async (): Promise<RunId> => (await app.handlers['run.start']({ experiment })).runId
  const jobsStarted = (count: number) => expect.poll(() => engine.jobs.length).toBe(count)
  const ended = () => expect.poll(() => events.some(isTerminal), { timeout: 10_000 }).toBe(true)
  const snapshot = (runId: RunId) => app.handlers['run.snapshot']({ runId, afterSeq: 0 })

  it('imports no file for a shell that can open none: a page never names a path', async () => {
    const options = ImportOptions.parse({})
    const asked = app.handlers['dataset.import']({ id: 'mnist', name: 'images', grant: '/etc/passwd', options })
    await expect(asked).rejects.toMatchObject({ code: 'refused' })
  })

  it('starts no run of a dataset that is not on the machine, and writes nothing', async () => {
    const missing = { ...experiment, dataset: { id: 'cifar-10' } }
    await expect(app.handlers['run.start']({ experiment: missing })).rejects.toMatchObject({ code: 'data-missing' })
    expect((await app.handlers['run.list'](allRuns)).runs).toEqual([])
  })

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
    expect((await app.handlers['run.list'](allRuns)).runs).toEqual([])
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

  it('resumes a run that ended before it was done, without telling twice what it had told', async () => {
    const runId = await start()
    await jobsStarted(1)
    const report = (step: number): RunFact => {
      const rest = { imagesPerSecond: 1, remainingMs: null, loss: 1 }
      return { type: 'run.progress', stage: 0, epoch: 1, epochs: 2, step, steps: 9, ...rest }
    }
    const figures: RunFact = {
      type: 'run.metrics',
      stage: 0,
      epoch: 1,
      origin: 'evaluation',
      values: { cleanAccuracy: 0.5 },
    }
    const note: RunFact = { type: 'run.note', level: 'info', text: 'Once.' }
    for (const fact of [planned, { type: 'run.stage', index: 0 } as const, figures, note, report(4)]) engine.say(fact)
    await expect.poll(() => events.at(-1)?.type).toBe('run.progress')
    engine.die('it was ended by SIGKILL')
    await ended()
    await app.handlers['run.resume']({ runId })
    await jobsStarted(2)
    expect(engine.jobs[1]).toMatchObject({ runId, told: 2 })
    for (const fact of [planned, note, report(3), { ...figures, epoch: 2 }]) engine.say(fact)
    engine.say({ type: 'run.finished', summary })
    await expect.poll(() => events.at(-1)?.type).toBe('run.finished')

    const { record, events: told, folder } = await snapshot(runId)
    expect(record).toMatchObject({ status: 'done', error: null })
    const texts = told.flatMap((event) => (event.type === 'run.note' ? [event.text] : []))
    expect(texts).toEqual(['Once.'])
    expect(told.flatMap((event) => (event.type === 'run.progress' ? [event.step] : []))).toEqual([4])
    expect(told.map(({ seq }) => seq)).toEqual([...new Set(told.map(({ seq }) => seq))].toSorted((a, b) => a - b))
    const lines = [
      'stage,epoch,origin,name,value',
      '0,1,evaluation,cleanAccuracy,0.5',
      '0,2,evaluation,cleanAccuracy,0.5',
    ]
    expect(await readFile(join(folder, 'metrics.csv'), 'utf8')).toBe(`${lines.join('\n')}\n`)
    await expect(app.handlers['run.resume']({ runId })).rejects.toThrow('it is done')
  })

  it('refuses to resume what cannot be gone on with before it changes anything, and shows it as it was', async () => {
    const runId = await start()
    await jobsStarted(1)
    engine.say(planned)
    engine.die('it was ended by SIGKILL')
    await ended()
    const before = await snapshot(runId)
    engine.onCheck = () => {
      throw new AppError({ code: 'conflict', message: 'The images are others now.' })
    }
    await expect(app.handlers['run.resume']({ runId })).rejects.toThrow('The images are others now.')
    expect(await snapshot(runId)).toEqual(before)
    expect(engine.jobs).toHaveLength(1)
  })

  it('marks runs as interrupted when it is asked to end, and does not resume what diverged', async () => {
    const runId = await start()
    const waiting = await start()
    await jobsStarted(1)
    engine.say(planned)
    await app.interrupt()
    for (const each of [runId, waiting]) {
      expect((await snapshot(each)).record).toMatchObject({ status: 'failed', error: { code: 'interrupted' } })
    }
    await app.handlers['run.resume']({ runId })
    await jobsStarted(2)
    engine.say({ type: 'run.failed', error: { code: 'diverged', message: 'The loss became NaN.' } })
    await expect.poll(async () => (await snapshot(runId)).record.error?.code).toBe('diverged')
    await expect(app.handlers['run.resume']({ runId })).rejects.toThrow('would diverge again')
  })

  it('takes an engine that says what it does not understand for one that crashed, and lives on', async () => {
    const runId = await start()
    await jobsStarted(1)
    engine.say({ type: 'run.stage', index: -1 })
    await ended()
    const { record } = await snapshot(runId)
    expect(record).toMatchObject({ status: 'failed', error: { code: 'engine-crashed' } })
    expect(record.error?.message).toMatch(/does not understand .*fact\.index/)
    await start()
    await jobsStarted(2)
    expect(engine.launches).toBe(2)
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

  it('keeps no more progress than a curve can show, but hands out all of it', async () => {
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

  it('keeps what the engine prints during a run, but not without end', async () => {
    const runId = await start()
    await jobsStarted(1)
    engine.print('a warning of the library')
    for (let i = 0; i < 1_000; i++) engine.print(`line ${i}`)
    engine.say({ type: 'run.finished', summary })
    await ended()
    const said = (await snapshot(runId)).events.flatMap((event) => (event.type === 'run.note' ? [event] : []))
    expect(said[0]).toMatchObject({ level: 'engine', text: 'a warning of the library' })
    expect(said).toHaveLength(501)
    expect(said.at(-1)?.text).toBe('The engine prints more, which is not kept.')
  })

  it('lists runs newest first and names folders that are none', async () => {
    const started = [await start(), await start(), await start()]
    await mkdir(join(workspace, 'runs', 'holiday-photos'))
    await mkdir(join(workspace, 'runs', '20250101-000000-aaaaaa'))
    await writeFile(join(workspace, 'runs', '20250101-000000-aaaaaa', 'run.json'), '{"half": ')
    const { runs, unreadable } = await app.handlers['run.list'](allRuns)
    // All of the same moment.
    expect(runs.map((run) => run.runId)).toEqual(started.toReversed())
    expect(unreadable.toSorted()).toEqual(['20250101-000000-aaaaaa', 'holiday-photos'])
  })

  describe('annotations', () => {
    const pathOf = (runId: RunId): string => join(workspace, 'runs', runId, 'annotations.json')
    const annotate = (runId: RunId, change: AnnotationsChange) => app.handlers['run.annotate']({ runId, change })
    const listed = async () => (await app.handlers['run.list'](allRuns)).runs[0]?.annotations

    it('are kept beside the record, told to everyone, and listed', async () => {
      const told: AppEvent[] = []
      app.subscribe((event) => void (isRunEvent(event) || told.push(event)))
      const runId = await start()
      expect(await listed()).toEqual(noAnnotations)
      const record = await readFile(join(workspace, 'runs', runId, 'run.json'), 'utf8')
      await annotate(runId, { addTags: ['mnist', 'paper'], isStarred: true })
      await annotate(runId, { removeTags: ['paper'], note: 'see page 4' })
      const annotations = { tags: ['mnist'], note: 'see page 4', isStarred: true, isArchived: false }
      expect(await listed()).toEqual(annotations)
      expect(told.at(-1)).toEqual({ type: 'run.annotated', runId, annotations })
      expect(await readFile(join(workspace, 'runs', runId, 'run.json'), 'utf8')).toBe(record)
    })

    it('lose nothing when many change them at once', async () => {
      const runId = await start()
      await Promise.all(Array.from({ length: 12 }, (_, index) => annotate(runId, { addTags: [`tag-${index}`] })))
      expect((await listed())?.tags).toHaveLength(12)
    })

    it('are refused beyond the number of tags, and left as they were', async () => {
      const runId = await start()
      const tags = (from: number, count: number) => Array.from({ length: count }, (_, i) => `tag-${from + i}`)
      await annotate(runId, { addTags: tags(0, 19) })
      await expect(annotate(runId, { addTags: tags(19, 2) })).rejects.toMatchObject({
        code: 'invalid-input',
        fields: [{ path: 'change.addTags', message: 'must be at most 20' }],
      })
      expect((await listed())?.tags).toHaveLength(19)
    })

    it.each([
      ['torn', '{"format": "unbackdoor.annotations", "ta'],
      ['of a later version', '{"format":"unbackdoor.annotations","version":2,"tags":["kept"]}', 'unsupported'],
      [
        'with more in it than is known',
        '{"format":"unbackdoor.annotations","version":1,"tags":[],"note":"","isStarred":true,"isArchived":false,"rating":5}',
      ],
    ])('that are %s are reported and not written over', async (_how, text, code = 'storage') => {
      const runId = await start()
      await writeFile(pathOf(runId), text)
      expect(await listed()).toBeNull()
      await expect(annotate(runId, { isStarred: true })).rejects.toMatchObject({
        code,
        hint: expect.stringContaining('left as it is'),
      })
      expect(await readFile(pathOf(runId), 'utf8')).toBe(text)
    })

    it('need a run', async () => {
      const runId = '20200101-000000-abcdef' as RunId
      await expect(annotate(runId, { isStarred: true })).rejects.toMatchObject({ code: 'not-found' })
      await expect(readFile(pathOf(runId))).rejects.toMatchObject({ code: 'ENOENT' })
    })
  })

  it('lists what changed on disk, and forgets what was deleted', async () => {
    const runId = await start()
    const other = await start()
    const folder = join(workspace, 'runs', runId)
    const list = async () => (await app.handlers['run.list'](allRuns)).runs
    expect((await list()).map((run) => run.name)).toEqual(['Untitled experiment', 'Untitled experiment'])
    const text = await readFile(join(folder, 'run.json'), 'utf8')
    await writeFile(join(folder, 'run.json'), text.replace('Untitled experiment', 'Renamed by hand'))
    // In its place, which leaves no trace on the folder.
    const nameNow = async () => (await list()).find((run) => run.runId === runId)?.name
    await expect.poll(nameNow, { timeout: 5000 }).toBe('Renamed by hand')
    await rm(join(workspace, 'runs', other), { recursive: true })
    expect((await list()).map((run) => run.runId)).toEqual([runId])
  })

  it('gives runs that differ only in seed and name the same key', async () => {
    await app.handlers['run.start']({ experiment: { ...experiment, seed: 1, name: 'One' } })
    await app.handlers['run.start']({ experiment: { ...experiment, seed: 2, name: 'Two' } })
    await app.handlers['run.start']({ experiment: { ...experiment, seed: 2, training: { epochs: 3 } } })
    const keys = (await app.handlers['run.list'](allRuns)).runs
      .toSorted((a, b) => a.seed - b.seed || a.name.localeCompare(b.name))
      .map(({ experimentKey }) => experimentKey)
    expect(keys[0]).toBe(keys[1])
    expect(keys[2]).not.toBe(keys[1])
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
    const other = createTestApp(join(workspace, 'file'), () => engine)
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
