import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHeadless } from '../../src-main/app/open-headless.js'
import type { App } from '../../src-main/app/create-app.js'
import { allRuns } from '../../src-shared/runs/run-list.js'

const experiment = {
  dataset: { id: 'mnist-10k', params: { images: 1000 } },
  model: { id: 'small-cnn', params: { width: 4 } },
  attack: { id: 'badnets' },
  training: { epochs: 2, batchSize: 32 },
  defenses: [{ id: 'baeraser', params: { recovery: { hidden: 16, epochs: 2, searchEpochs: 1, batchSize: 16 } } }],
}

describe('the estimate of a run', () => {
  let workspace = ''
  let app: App
  beforeAll(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'estimate-'))
    app = openHeadless({ startFolder: import.meta.dirname, workspace, threads: null })
  })
  afterAll(async () => {
    app.close()
    await rm(workspace, { recursive: true })
  })

  it('is measured for every stage, with the steps that a run makes at most', async () => {
    const estimate = await app.handlers['experiment.estimate']({ experiment })
    expect(estimate).toMatchObject({ basis: 'rehearsal' })
    expect(estimate.stages.map(({ stage, steps }) => [stage.kind, steps])).toEqual([
      ['load', null],
      ['poison', null],
      // 750 images in batches of 32, twice.
      ['train', 48],
      ['evaluate', null],
      // Of 50 defender images 45 are of other classes: two batches of 16; ten classes once at random places and once with
      // places learned, the target twice.
      ['recover', 44],
      // 50 images in batches of 32, twelve times.
      ['unlearn', 24],
      ['evaluate', null],
    ])
    for (const { stage, seconds } of estimate.stages) expect(seconds, stage.title).toBeGreaterThanOrEqual(0)
    expect(estimate.seconds).toBeGreaterThan(0)
    expect(estimate.peakMemoryMb).toBeGreaterThan(0)
    expect((await app.handlers['run.list'](allRuns)).runs).toEqual([])
  })

  it('says why nothing could be measured', async () => {
    const missing = { ...experiment, dataset: { id: 'cifar-100' } }
    const estimate = await app.handlers['experiment.estimate']({ experiment: missing })
    expect(estimate).toMatchObject({ basis: 'unknown', seconds: null })
    expect(estimate.reason).toContain('The rehearsal did not succeed')
  })
})
