import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { App } from '../../../src-main/app/create-app.js'
import { RunId } from '../../../src-shared/model/ids.js'
import { createFakeEngine, type FakeEngine } from '../../helpers/fake-engine.js'
import { createTestApp, removeWorkspace } from '../../helpers/test-app.js'

const experiment = { dataset: { id: 'mnist-10k' }, model: { id: 'small-cnn' }, attack: { id: 'badnets' }, defenses: [] }

describe('questions about a run', () => {
  let workspace = ''
  let engine: FakeEngine
  let app: App
  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'workspace-'))
    engine = createFakeEngine()
    app = createTestApp(workspace, () => engine)
  })
  afterEach(async () => {
    app.close()
    await removeWorkspace(workspace)
  })

  it('are answered by an engine of their own, which is told the run and its folder', async () => {
    const { runId } = await app.handlers['run.start']({ experiment })
    await expect.poll(() => engine.jobs.length).toBe(1)
    const before = engine.launches
    engine.inspections = {
      'inspection.network': async ({ run }) => {
        expect(run).toMatchObject({ folder: join(workspace, 'runs', runId), record: { runId } })
        return { layers: [], parameters: [] }
      },
    }
    expect(await app.handlers['inspection.network']({ runId })).toEqual({ layers: [], parameters: [] })
    await app.handlers['inspection.network']({ runId })
    expect(engine.launches).toBe(before + 1)
  })

  it('fail with the engine that they were asked of, and the next one starts another', async () => {
    const { runId } = await app.handlers['run.start']({ experiment })
    engine.inspections = { 'inspection.network': () => new Promise(() => {}) }
    const asked = app.handlers['inspection.network']({ runId }).catch((error: Error) => error.message)
    await expect.poll(() => engine.launches).toBe(2)
    // After the question has arrived there.
    await new Promise((resolve) => setTimeout(resolve, 10))
    engine.die('it was ended by SIGKILL')
    expect(await asked).toContain('The engine stopped')
    engine.inspections = { 'inspection.network': async () => ({ layers: [], parameters: [] }) }
    expect(await app.handlers['inspection.network']({ runId })).toEqual({ layers: [], parameters: [] })
  })

  it('are refused for a run that is not there, without any engine', async () => {
    const runId = RunId.parse('20260131-142500-zzzzzz')
    await expect(app.handlers['inspection.describe']({ runId })).rejects.toMatchObject({ code: 'not-found' })
    expect(await app.handlers['inspection.cancel']({ task: 'mine' })).toEqual({})
    expect(engine.launches).toBe(0)
  })
})
