/** What becomes of a run when its folder cannot be written any more: the disk is full, say, or the folder is gone. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { App } from '../../../src-main/app/create-app.js'
import { disk, type Disk } from '../../../src-main/storage/disk.js'
import { isRunEvent, isTerminal, type RunEvent, type RunFact } from '../../../src-shared/contract/events.js'
import type { RunId } from '../../../src-shared/model/ids.js'
import type { RunSummary } from '../../../src-shared/model/run-record.js'
import { allRuns } from '../../../src-shared/runs/run-list.js'
import { createFakeEngine, fakeEngineInfo, type FakeEngine } from '../../helpers/fake-engine.js'
import { secondsOf } from '../../helpers/seconds.js'
import { createTestApp, removeWorkspace } from '../../helpers/test-app.js'

const experiment = { dataset: { id: 'mnist-10k' }, model: { id: 'small-cnn' }, attack: { id: 'badnets' }, defenses: [] }
const planned: RunFact = { type: 'run.planned', stages: [], engine: fakeEngineInfo }
const summary: RunSummary = {
  before: { cleanAccuracy: 0.9, attackSuccessRate: 0.8, robustAccuracy: 0.2, baseRate: 0.01 },
  attackTook: true,
  testImages: 10,
  triggeredImages: 9,
  defenses: [],
  seconds: secondsOf({ total: 4 }),
  peakMemoryMb: 1,
  tensorsLeft: 0,
}
const figures = (epoch: number): RunFact => {
  return { type: 'run.metrics', stage: 0, epoch, origin: 'evaluation', values: { cleanAccuracy: 0.5 } }
}

describe('a run that cannot be written any more', () => {
  const sound: Disk = { ...disk }
  let workspace = ''
  let engine: FakeEngine
  let app: App
  let events: RunEvent[]

  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'workspace-'))
    engine = createFakeEngine()
    app = createTestApp(workspace, () => engine)
    events = []
    app.subscribe((event) => void (isRunEvent(event) && events.push(event)))
  })
  afterEach(async () => {
    Object.assign(disk, sound)
    app.close()
    await removeWorkspace(workspace)
  })

  const fill = (): void => {
    const full = async (): Promise<never> => {
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    }
    Object.assign(disk, { create: full, openEnd: full })
  }
  const makeRoom = (): void => void Object.assign(disk, sound)
  const folderOf = (runId: RunId): string => join(workspace, 'runs', runId)
  const start = async (): Promise<RunId> => (await app.handlers['run.start']({ experiment })).runId
  const jobsStarted = (count: number) => expect.poll(() => engine.jobs.length).toBe(count)
  const told = (count: number) => expect.poll(() => events.length).toBe(count)
  const endsOf = (runId: RunId): RunEvent[] =>
    events.filter((event) => event.runId === runId && isTerminal({ type: event.type }))
  const ended = async (runId: RunId): Promise<RunEvent> => {
    await expect.poll(() => endsOf(runId).length).toBeGreaterThan(0)
    return endsOf(runId)[0]!
  }
  const statusOnDisk = async (runId: RunId): Promise<string> =>
    (JSON.parse(await readFile(join(folderOf(runId), 'run.json'), 'utf8')) as { status: string }).status
  const statusListed = async (runId: RunId) =>
    (await app.handlers['run.list'](allRuns)).runs.find((run) => run.runId === runId)?.status
  const begin = async (): Promise<RunId> => {
    const runId = await start()
    await jobsStarted(1)
    engine.say(planned)
    engine.say(figures(1))
    await told(3)
    return runId
  }

  it('ends with why and where, told by nothing that is not on the disk, and the next run begins', async () => {
    const runId = await begin()
    const next = await start()
    await told(4)
    fill()
    engine.say(figures(2))
    engine.say(figures(3))
    const end = await ended(runId)
    expect(end).toMatchObject({ type: 'run.failed', error: { code: 'storage' } })
    expect(end.type === 'run.failed' && end.error.message).toContain(
      `The disk is full: ${folderOf(runId)}/events.jsonl`,
    )
    expect(events.filter(({ type }) => type === 'run.metrics')).toHaveLength(1)
    await jobsStarted(2)
    expect(engine.jobs[1]?.runId).toBe(next)
    // That could not be written either, and is known all the same.
    expect(await statusOnDisk(runId)).toBe('running')
    expect(await statusListed(runId)).toBe('failed')

    makeRoom()
    expect(await statusListed(runId)).toBe('failed')
    await app.handlers['run.snapshot']({ runId, afterSeq: 0 })
    expect(await statusOnDisk(runId)).toBe('failed')
  })

  it('is resumed behind what had been written, as soon as there is room', async () => {
    const runId = await begin()
    fill()
    engine.say(figures(2))
    await ended(runId)
    await expect(app.handlers['run.resume']({ runId })).rejects.toMatchObject({ code: 'storage' })
    makeRoom()
    await app.handlers['run.resume']({ runId })
    await jobsStarted(2)
    expect(engine.jobs[1]).toMatchObject({ runId, told: 1 })
    engine.say(planned)
    engine.say(figures(2))
    engine.say({ type: 'run.finished', summary })
    await expect.poll(() => events.at(-1)?.type).toBe('run.finished')
    const { record, events: kept } = await app.handlers['run.snapshot']({ runId, afterSeq: 0 })
    expect(record.status).toBe('done')
    expect(kept.flatMap((event) => (event.type === 'run.metrics' ? [event.epoch] : []))).toEqual([1, 2])
    expect(kept.filter(({ type }) => type === 'run.failed')).toHaveLength(1)
  })

  it('has not finished where its end could not be written', async () => {
    const runId = await begin()
    fill()
    engine.say({ type: 'run.finished', summary })
    expect(await ended(runId)).toMatchObject({ type: 'run.failed', error: { code: 'storage' } })
    makeRoom()
    const { record } = await app.handlers['run.snapshot']({ runId, afterSeq: 0 })
    expect(record).toMatchObject({ status: 'failed', summary: null })
  })

  it('is ended where its folder is gone, and its engine is asked to stop', async () => {
    const runId = await begin()
    const next = await start()
    await told(4)
    let cancelled = 0
    engine.onCancel = () => {
      cancelled += 1
      engine.say({ type: 'run.cancelled' })
    }
    await rm(folderOf(runId), { recursive: true })
    engine.say(figures(2))
    const end = await ended(runId)
    expect(end.type === 'run.failed' && end.error.message).toContain(folderOf(runId))
    expect(cancelled).toBe(1)
    await jobsStarted(2)
    expect(engine.jobs[1]?.runId).toBe(next)
    await expect(app.handlers['run.snapshot']({ runId, afterSeq: 0 })).rejects.toMatchObject({ code: 'not-found' })
  })

  it('is no reason to lose those that wait; a new one is refused', async () => {
    const first = await begin()
    const second = await start()
    await told(4)
    fill()
    await expect(start()).rejects.toMatchObject({ code: 'storage' })
    makeRoom()
    expect(await Promise.all([first, second].map(statusListed))).toEqual(['running', 'queued'])
  })
})
