import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { App } from '../../../src-main/app/create-app.js'
import { AppError } from '../../../src-shared/contract/errors.js'
import { StudyRequest } from '../../../src-shared/model/study.js'
import type { RunSummary } from '../../../src-shared/model/run-record.js'
import { createFakeEngine, fakeEngineInfo, type FakeEngine } from '../../helpers/fake-engine.js'
import { createTestApp, removeWorkspace } from '../../helpers/test-app.js'
import { secondsOf } from '../../helpers/seconds.js'
import { allRuns } from '../../../src-shared/runs/run-list.js'

const request = StudyRequest.parse({
  study: 'paper',
  scale: 'tiny',
  attacks: ['badnets'],
  defenses: ['baeraser'],
  seeds: 2,
})
const scores = { cleanAccuracy: 0.9, attackSuccessRate: 0.8, robustAccuracy: 0.2, baseRate: 0.01 }
const summary: RunSummary = {
  before: scores,
  attackTook: true,
  testImages: 10,
  triggeredImages: 9,
  defenses: [],
  seconds: secondsOf({ total: 1 }),
  peakMemoryMb: 1,
  tensorsLeft: 0,
}

describe('a study in the application', () => {
  let workspace = ''
  let engine: FakeEngine
  let app: App

  const open = (): void => {
    engine = createFakeEngine()
    app = createTestApp(workspace, () => engine)
  }
  const jobsStarted = (count: number) => expect.poll(() => engine.jobs.length).toBe(count)
  const finishOne = (): void => {
    engine.say({ type: 'run.planned', stages: [], engine: fakeEngineInfo })
    engine.say({ type: 'run.finished', summary })
  }
  const listed = async () => {
    const { studies } = await app.handlers['study.list']({})
    expect(studies.map(({ name }) => name)).toEqual(['paper-tiny'])
    return studies[0]!
  }
  const statuses = async () =>
    (await app.handlers['study.show']({ name: 'paper-tiny' })).runs.map((run) => run?.status ?? null)

  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'workspace-'))
    open()
  })
  afterEach(async () => {
    app.close()
    await removeWorkspace(workspace)
  })

  it('queues every run once, tags it, and keeps its plan as a plain file', async () => {
    const { plan, started, done } = await app.handlers['study.start'](request)
    expect([plan.cells.length, started.length, done]).toEqual([4, 4, 0])
    expect((await app.handlers['study.start'](request)).started).toEqual([])
    const { runs } = await app.handlers['run.list'](allRuns)
    expect(runs.map(({ annotations }) => annotations?.tags)).toEqual(Array.from({ length: 4 }, () => ['paper-tiny']))
    expect((await listed()).counts).toMatchObject({ queued: 4, done: 0 })
    const kept: unknown = JSON.parse(await readFile(join(workspace, 'studies', 'paper-tiny', 'study.json'), 'utf8'))
    expect(kept).toEqual(plan)
  })

  it('goes on where it was broken off, with what is done kept and what died started anew', async () => {
    await app.handlers['study.start'](request)
    for (const number of [1, 2]) {
      await jobsStarted(number)
      finishOne()
    }
    await jobsStarted(3)
    await expect.poll(statuses).toEqual(['done', 'done', 'queued', 'queued'])
    app.close()

    open()
    expect((await listed()).counts).toMatchObject({ done: 2, queued: 0, failed: 2 })
    const { started, done } = await app.handlers['study.resume']({ name: 'paper-tiny' })
    expect([started.length, done]).toEqual([2, 2])
    // A list may be a second behind what was written within one tick of the file system's clock.
    await expect
      .poll(async () => (await listed()).counts, { timeout: 3000 })
      .toMatchObject({ done: 2, queued: 2, failed: 0 })
    expect((await app.handlers['study.show']({ name: 'paper-tiny' })).runs.map((run) => run?.runId)).toEqual(
      expect.arrayContaining(started),
    )
  })

  it('runs anew what cannot be gone on with', async () => {
    const { started } = await app.handlers['study.start'](request)
    await jobsStarted(1)
    engine.say({ type: 'run.planned', stages: [], engine: fakeEngineInfo })
    await app.interrupt()
    app.close()

    open()
    engine.onCheck = () => {
      throw new AppError({ code: 'conflict', message: 'The images are others now.' })
    }
    const again = await app.handlers['study.resume']({ name: 'paper-tiny' })
    expect(again.started).toHaveLength(4)
    expect(again.started.filter((runId) => started.includes(runId))).toEqual([])
  })

  it('says before it starts what is done, of another study of the same settings too, and writes nothing', async () => {
    await app.handlers['study.start']({ ...request, seeds: 1 })
    await jobsStarted(1)
    finishOne()
    await expect.poll(statuses).toEqual(['done', 'queued'])
    const { plan, runs } = await app.handlers['study.plan'](request)
    expect(plan.cells.map(({ attack, seed }) => [attack, seed])).toEqual([
      [null, 1],
      [null, 2],
      ['badnets', 1],
      ['badnets', 2],
    ])
    expect(runs.map((run) => run?.status ?? null)).toEqual(['done', null, 'queued', null])
    expect((await app.handlers['study.show']({ name: 'paper-tiny' })).plan.cells).toHaveLength(2)
  })

  it('cancels the waiting runs before the one in progress, and leaves the others alone', async () => {
    await app.handlers['study.start'](request)
    await jobsStarted(1)
    engine.say({ type: 'run.planned', stages: [], engine: fakeEngineInfo })
    const other = await app.handlers['run.start']({
      experiment: { dataset: { id: 'mnist-10k' }, model: { id: 'small-cnn' }, attack: null },
    })
    const ended: string[] = []
    app.subscribe((event) => event.type === 'run.cancelled' && ended.push(event.runId))

    const { runs } = await app.handlers['study.show']({ name: 'paper-tiny' })
    expect(await app.handlers['study.cancel']({ name: 'paper-tiny' })).toEqual({ cancelled: 4 })
    await expect.poll(statuses).toEqual(['cancelled', 'cancelled', 'cancelled', 'cancelled'])
    expect(ended).toEqual(runs.map((run) => run!.runId).toReversed())
    await jobsStarted(2)
    expect(engine.jobs[1]!.runId).toBe(other.runId)
    expect(await app.handlers['study.cancel']({ name: 'paper-tiny' })).toEqual({ cancelled: 0 })
  })

  it('lists a folder that holds no study as such', async () => {
    await mkdir(join(workspace, 'studies', 'half'), { recursive: true })
    await writeFile(join(workspace, 'studies', 'half', 'study.json'), '{ "format": "other" }')
    expect(await app.handlers['study.list']({})).toEqual({ studies: [], unreadable: ['half'] })
  })

  it('says that there is no such study', async () => {
    await expect(app.handlers['study.show']({ name: 'poster' })).rejects.toMatchObject({ code: 'not-found' })
  })
})
