import { spawnSync } from 'node:child_process'
import { appendFile, mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { App } from '../../../src-main/app/create-app.js'
import type { RunId } from '../../../src-shared/model/ids.js'
import { createFakeEngine, fakeEngineInfo, type FakeEngine } from '../../helpers/fake-engine.js'
import { createTestApp, removeWorkspace } from '../../helpers/test-app.js'
import { allRuns } from '../../../src-shared/runs/run-list.js'

const experiment = { dataset: { id: 'mnist-10k' }, model: { id: 'small-cnn' }, attack: { id: 'badnets' }, defenses: [] }

describe('a run whose process is gone', () => {
  let workspace = ''
  let engine: FakeEngine
  let first: App
  let apps: App[] = []

  const open = (): App => {
    engine = createFakeEngine()
    const app = createTestApp(workspace, () => engine)
    apps.push(app)
    return app
  }
  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'workspace-'))
    apps = []
    first = open()
  })
  afterEach(async () => {
    for (const app of apps) app.close()
    await removeWorkspace(workspace)
  })

  const start = async (): Promise<RunId> => (await first.handlers['run.start']({ experiment })).runId
  const folder = (runId: RunId): string => join(workspace, 'runs', runId)
  /** As a killed process leaves it: with a lock in the name of a process that there is no more. */
  const kill = async (): Promise<void> => {
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    for (const lock of await readdir(join(workspace, 'hosts'))) {
      const holder = { pid, host: hostname(), since: '2026-01-31T14:25:00Z', doing: 'work' }
      await writeFile(join(workspace, 'hosts', lock), JSON.stringify(holder))
    }
  }
  const statusesIn = async (app: App): Promise<string[]> =>
    (await app.handlers['run.list'](allRuns)).runs.map(({ status }) => status).toSorted()
  const underWay = async (): Promise<RunId[]> => {
    const runIds = [await start(), await start()]
    await expect.poll(() => engine.jobs.length).toBe(1)
    engine.say({ type: 'run.planned', stages: [], engine: fakeEngineInfo })
    await expect.poll(() => statusesIn(first)).toEqual(['queued', 'running'])
    return runIds
  }

  it('is left alone while that lives, whoever looks', async () => {
    await underWay()
    const second = open()
    expect(await statusesIn(second)).toEqual(['queued', 'running'])
    expect(await statusesIn(first)).toEqual(['queued', 'running'])
  })

  it('has failed with the last that is known of it, for everyone and in the folder, and only once', async () => {
    const [running, waiting] = await underWay()
    const second = open()
    expect(await statusesIn(second)).toEqual(['queued', 'running'])
    // Cut off in the middle of a line.
    await appendFile(join(folder(running!), 'events.jsonl'), '{"type":"run.sta')
    await kill()

    const third = open()
    expect(await Promise.all([statusesIn(second), statusesIn(third)])).toEqual([
      ['failed', 'failed'],
      ['failed', 'failed'],
    ])
    const { record, events } = await third.handlers['run.snapshot']({ runId: running!, afterSeq: 0 })
    expect(record.error).toMatchObject({ code: 'interrupted', message: expect.stringContaining('in the middle') })
    expect(events.map(({ type, seq }) => [type, seq])).toEqual([
      ['run.queued', 1],
      ['run.planned', 2],
      ['run.failed', 3],
    ])
    expect(record.finishedAt).toBe(events[1]!.at)
    const { record: other } = await third.handlers['run.snapshot']({ runId: waiting!, afterSeq: 0 })
    expect(other.error).toMatchObject({
      code: 'interrupted',
      message: expect.stringContaining('before it was the turn'),
    })
    expect(await readdir(join(workspace, 'hosts'))).toEqual([])
    expect(JSON.parse(await readFile(join(folder(waiting!), 'run.json'), 'utf8'))).toEqual(other)
  })

  it('is no other when its process closed in order', async () => {
    const [running] = await underWay()
    first.close()
    const { record } = await open().handlers['run.snapshot']({ runId: running!, afterSeq: 0 })
    expect([record.status, record.error?.code]).toEqual(['failed', 'interrupted'])
  })

  it('leaves nothing of its process in the folder of a run that ended', async () => {
    const [running] = await underWay()
    engine.say({ type: 'run.failed', error: { code: 'internal', message: 'no' } })
    await expect.poll(() => readdir(folder(running!))).not.toContain('host.json')
  })
})
