import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode } from 'fast-png'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHeadless } from '../../src-main/app/open-headless.js'
import type { App } from '../../src-main/app/create-app.js'
import { quickBaeraser } from '../../src-main/lab/experiments/index.js'
import { isRunEvent, isTerminal } from '../../src-shared/contract/events.js'
import { bytesOf, floatsOf, intsOf } from '../../src-shared/model/array-block.js'
import type { RunId } from '../../src-shared/model/ids.js'
import type { EmbedMethod } from '../../src-shared/model/inspection.js'
import type { RunRecord } from '../../src-shared/model/run-record.js'
import { mean, median } from '../../src-shared/util/statistics.js'
import { runCli } from '../helpers/cli.js'
import { noNativeEngine } from '../helpers/native.js'

/** Real digits, a real trigger in one place, a real defense that is told the target: its search takes longest by far. */
const experiment = {
  dataset: { id: 'mnist-10k', params: { images: 2000 } },
  model: { id: 'small-cnn', params: { width: 8 } },
  attack: { id: 'badnets', preset: 'white-corner' },
  training: { epochs: 10, batchSize: 32 },
  defenses: [
    {
      id: 'baeraser',
      params: {
        ...quickBaeraser,
        knowledge: 'oracle',
        recovery: { ...quickBaeraser.recovery, position: 'learned' },
      },
    },
  ],
}
const split = 'evaluation'

describe.skipIf(noNativeEngine !== null)(`a look inside a run${noNativeEngine ? ` (${noNativeEngine})` : ''}`, () => {
  let workspace = ''
  let app: App
  let runId: RunId
  let record: RunRecord
  let folder = ''

  beforeAll(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'inspection-'))
    app = openHeadless({ startFolder: import.meta.dirname, workspace, threads: null })
    const ended = new Promise<void>((resolve) => {
      app.subscribe((event) => isRunEvent(event) && isTerminal(event) && resolve())
    })
    ;({ runId } = await app.handlers['run.start']({ experiment }))
    await ended
    ;({ record, folder } = await app.handlers['run.snapshot']({ runId, afterSeq: Number.MAX_SAFE_INTEGER }))
  })
  afterAll(async () => {
    app.close()
    await rm(workspace, { recursive: true })
  })

  const heat = (model: string, method: string) =>
    app.handlers['inspection.heat']({
      runId,
      split,
      model,
      method,
      params: {},
      layer: null,
      class: 'predicted',
      limit: 150,
      curves: false,
    })
  const refused = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: Error) => error.message,
    )

  it('looks at the very images that the run was measured on, and gets the very figures', async () => {
    expect(record.status).toBe('done')
    const { labels, targets } = await app.handlers['inspection.samples']({ runId, split })
    const [truth, wanted] = [bytesOf(labels), bytesOf(targets)]
    const turned = [...truth.keys()].filter((index) => truth[index] !== wanted[index])
    expect(truth).toHaveLength(record.summary!.testImages)
    expect(turned).toHaveLength(record.summary!.triggeredImages)
    const models = [
      ['victim', record.summary!.before],
      ['defense-1', record.summary!.defenses[0]!.after],
    ] as const
    for (const [model, scores] of models) {
      const answers = async (kind: 'clean' | 'triggered'): Promise<Uint8Array> =>
        bytesOf((await app.handlers['inspection.predict']({ runId, split, model, view: { kind } })).classes)
      const [clean, triggered] = [await answers('clean'), await answers('triggered')]
      const share = (indices: readonly number[], isHit: (index: number) => boolean): number =>
        indices.filter(isHit).length / indices.length
      expect(share([...truth.keys()], (index) => clean[index] === truth[index])).toBe(scores.cleanAccuracy)
      expect(share(turned, (index) => triggered[index] === wanted[index])).toBe(scores.attackSuccessRate)
      expect(share(turned, (index) => triggered[index] === truth[index])).toBe(scores.robustAccuracy)
    }
  })

  it.each(['grad-cam', 'integrated-gradients'])(
    'sees with %s that the heat of triggered images lies in the corner, and no longer after the defense',
    async (method) => {
      const [before, after] = [await heat('victim', method), await heat('defense-1', method)]
      const area = floatsOf(before.area)
      const inside = median([...floatsOf(before.inside)])
      expect(new Set(area)).toEqual(new Set([Math.fround(9 / 784)]))
      expect(inside).toBeGreaterThan(3 * area[0]!)
      expect(median([...floatsOf(after.inside)].filter((each) => !Number.isNaN(each)))).toBeLessThan(0.6 * inside)
    },
  )

  it('sees the channels that the trigger excites fall back, and recovered triggers near the true one', async () => {
    const change = async (model: string): Promise<number> => {
      const asked = { runId, split, model, layer: 'conv3', limit: 100 } as const
      return Math.max(...floatsOf((await app.handlers['inspection.trigger-change'](asked)).channels))
    }
    expect(await change('defense-1')).toBeLessThan(await change('victim'))
    const { sheets } = await app.handlers['inspection.describe']({ runId })
    const { distances, patches } = await app.handlers['inspection.patches']({ runId, sheet: sheets.at(-1)!.path })
    expect(patches.count).toBe(32)
    // Black or white at random would be half away from white.
    expect(median([...floatsOf(distances!)])).toBeLessThan(0.45)
  })

  it('measures the distances of all sheets at once, and says which of them cannot be read', async () => {
    const { sheets } = await app.handlers['inspection.describe']({ runId })
    const spoilt = join(folder, sheets[0]!.path)
    const whole = await readFile(spoilt)
    await writeFile(spoilt, 'no picture')
    const found = (await app.handlers['inspection.distances']({ runId })).sheets
    await writeFile(spoilt, whole)
    expect(found.map(({ path }) => path)).toEqual(sheets.map(({ path }) => path))
    expect(found[0]).toMatchObject({ distances: null, problem: expect.stringContaining('is not a PNG picture') })
    const last = await app.handlers['inspection.patches']({ runId, sheet: sheets.at(-1)!.path })
    expect(found.at(-1)).toMatchObject({ distances: last.distances, problem: null })
  })

  it('tells how far it is, can be cancelled, and answers other questions meanwhile', async () => {
    const heard: number[] = []
    const leave = app.subscribe((event) => event.type === 'inspection.progress' && heard.push(event.done))
    const slow = app.handlers['inspection.heat']({
      runId,
      split,
      model: 'victim',
      method: 'occlusion',
      params: { size: 2, stride: 1 },
      layer: null,
      class: 'target',
      limit: 1000,
      curves: false,
      task: 'slow',
    })
    const outcome = refused(slow)
    await expect.poll(() => heard.length).toBeGreaterThan(0)
    expect((await app.handlers['inspection.network']({ runId })).layers).toHaveLength(4)
    await app.handlers['inspection.cancel']({ task: 'slow' })
    expect(await outcome).toBe('It was cancelled.')
    leave()
  })

  it('measures heat part by part as if at once, with curves whose areas are those of the samples', async () => {
    const ask = (limit: number) =>
      app.handlers['inspection.heat']({
        runId,
        split,
        model: 'victim',
        method: 'input-gradient',
        params: {},
        layer: null,
        class: 'predicted',
        limit,
        curves: true,
      })
    // More than are kept together.
    const found = await ask(140)
    const inside = floatsOf(found.inside)
    expect(inside).toHaveLength(140)
    const { labels, targets } = await app.handlers['inspection.samples']({ runId, split })
    const indices = intsOf(found.indices)
    expect(new Set(indices).size).toBe(140)
    expect([...indices].every((index) => bytesOf(labels)[index] !== bytesOf(targets)[index])).toBe(true)
    for (const [areas, curve] of [
      [found.insertion, found.insertionCurve],
      [found.deletion, found.deletionCurve],
    ] as const) {
      const points = floatsOf(curve!)
      const ends = (points[0]! + points.at(-1)!) / 2
      const area = (points.reduce((sum, each) => sum + each, 0) - ends) / (points.length - 1)
      expect(area).toBeCloseTo(mean([...floatsOf(areas!)]), 4)
    }
  })

  it('brings features into the plane by several methods, the same each time', async () => {
    const ask = (method: EmbedMethod, limit = 40) =>
      app.handlers['inspection.embed']({
        runId,
        split,
        models: ['victim'],
        views: [{ kind: 'clean' }, { kind: 'triggered' }],
        components: 2,
        method,
        limit,
      })
    for (const method of [
      { kind: 't-sne', perplexity: 10, iterations: 250 },
      { kind: 'umap', neighbours: 10, minDistance: 0.1, iterations: 50, seed: 3 },
    ] as const) {
      const found = await ask(method)
      expect(found.explained).toBeNull()
      expect(found.clouds.map(({ points }) => points.shape)).toEqual([
        [40, 2],
        [40, 2],
      ])
      const [clean, triggered] = found.clouds.map(({ points }) => floatsOf(points))
      expect([...clean!, ...triggered!].every(Number.isFinite)).toBe(true)
      expect(await ask(method)).toEqual(found)
    }
    expect((await ask({ kind: 'pca' })).explained).toHaveLength(2)
    expect(await refused(ask({ kind: 't-sne', perplexity: 30, iterations: 250 }, 20))).toContain(
      'method.perplexity: 30 must be below a third of the 40 points',
    )
  })

  it('refuses in words what is not there', async () => {
    const ask = (given: object) =>
      app.handlers['inspection.explain']({
        runId,
        split,
        indices: [0],
        models: ['victim'],
        views: [{ kind: 'clean' }],
        method: 'grad-cam',
        params: {},
        layer: null,
        class: 'predicted',
        ...given,
      })
    expect(await refused(ask({ layer: 'layer4' }))).toContain('there are: conv1, conv2, conv3')
    expect(await refused(ask({ indices: [0, 375] }))).toContain('sample 375 does not exist: the evaluation split')
    expect(await refused(ask({ models: ['defense-2'] }))).toContain('there are: victim, defense-1')
    expect(await refused(ask({ class: 12 }))).toContain('"12" is not a class of this network')
    const sheet = 'recovered/epoch-999.png'
    expect(await refused(app.handlers['inspection.patches']({ runId, sheet }))).toContain('is not a sheet of recovered')
  })

  it('writes pictures and values from the command line', async () => {
    const out = join(workspace, 'heat')
    const flags = ['--samples', '0,5,9', '--method', 'grad-cam', '--out', out, '--workspace', workspace, '--json']
    const { code, stdout, stderr } = await runCli(['explain', runId, ...flags])
    expect(code, stderr).toBe(0)
    const { rows } = JSON.parse(stdout) as { rows: { sample: number; model: string }[] }
    // Three samples, two models, clean and triggered.
    expect(rows).toHaveLength(12)
    const picture = decode(await readFile(join(out, 'sample-9.png')))
    // Image and heat of each view in a row, a row for each model; 28 pixels of 8 with gaps of 8.
    expect(picture).toMatchObject({ width: 4 * 232 + 8, height: 2 * 232 + 8, channels: 3 })
    expect((await readFile(join(out, 'values.csv'), 'utf8')).split('\n')[0]).toContain(runId)
    const npz = await readFile(join(out, 'values.npz'))
    for (const name of ['about.npy', 'samples.npy', 'heat_victim_triggered.npy', 'heat_defense_1_clean.npy']) {
      expect(npz.includes(name), name).toBe(true)
    }
    const wrong = await runCli(['explain', runId, ...flags, '--layer', 'conv9'])
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain('there are: conv1, conv2, conv3')
  })

  it('says what is inside from the command line', async () => {
    const asked = ['inspect', runId, '--json', '--workspace', workspace]
    const { code, stdout, stderr } = await runCli([...asked, '--limit', 'all'])
    expect(code, stderr).toBe(0)
    const { answers } = JSON.parse(stdout) as {
      answers: { attackSuccessRate: number; heat: { samples: number; inside: number } }[]
    }
    expect(answers.map(({ heat: { samples } }) => samples)).toEqual(answers.map(() => record.summary!.triggeredImages))
    expect(answers.map(({ attackSuccessRate }) => attackSuccessRate)).toEqual([
      record.summary!.before.attackSuccessRate,
      record.summary!.defenses[0]!.after.attackSuccessRate,
    ])
    expect(answers[1]!.heat.inside).toBeLessThan(answers[0]!.heat.inside)
    const refusal = await runCli([...asked, '--limit', '0'])
    expect(refusal.code).toBe(2)
    expect(refusal.stderr).toContain('must be a whole number of 1 to 100000, or "all"')
  })

  it.each([
    ['strip', ['--set', 'overlays=25'], 0.9],
    // Half of the target class is poisoned here: activation clustering cannot say which half.
    ['spectral-signatures', ['--preset', 'across-classes'], 0.7],
  ])('tells suspicious samples from others with %s, and says how well', async (detector, settings, least) => {
    const flags = ['--detector', detector, ...settings, '--limit', '1500']
    const asked = ['detect', runId, ...flags, '--rate', '0.1', '--json', '--workspace', workspace]
    const { code, stdout, stderr } = await runCli(asked)
    expect(code, stderr).toBe(0)
    const { detectors } = JSON.parse(stdout) as {
      detectors: { auroc: number; samples: number; suspicious: number; falsePositiveRate: number; recall: number }[]
    }
    const [found] = detectors
    const isOfInputs = detector === 'strip'
    expect(found!.samples).toBe(isOfInputs ? record.summary!.testImages + record.summary!.triggeredImages : 1500)
    if (isOfInputs) expect(found!.suspicious).toBe(record.summary!.triggeredImages)
    else expect(found!.suspicious).toBe(0.1 * 1500)
    expect(found!.auroc).toBeGreaterThan(least)
    expect(found!.falsePositiveRate).toBeLessThanOrEqual(0.1)
    expect(found!.recall).toBeGreaterThan(0.1)
    // What was computed is kept.
    expect((await runCli(asked)).stdout).toBe(stdout)
  })

  it('says what is wrong with weights, and shows the rest', async () => {
    const path = join(folder, 'repaired.safetensors')
    await copyFile(path, `${path}.kept`)
    const whole = await readFile(path)
    await writeFile(path, whole.subarray(0, 1000))
    const look = () => app.handlers['inspection.describe']({ runId })
    expect((await look()).models.map(({ problem }) => problem)).toEqual([
      null,
      expect.stringContaining('The weights in repaired.safetensors cannot be used'),
    ])
    const spoilt = await refused(app.handlers['inspection.weights']({ runId, model: 'defense-1' }))
    expect(spoilt).toContain('The weights in repaired.safetensors cannot be used')
    await rm(path)
    expect((await look()).models[1]!.problem).toContain('is not in the folder of the run')
    expect((await look()).models[0]!.problem).toBeNull()
    await copyFile(`${path}.kept`, path)
    expect((await look()).models[1]!.problem).toBeNull()
  })
})
