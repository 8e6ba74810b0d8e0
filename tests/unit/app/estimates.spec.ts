import { describe, expect, it } from 'vitest'
import { createEstimates } from '../../../src-main/app/estimates.js'
import { planExperiment } from '../../../src-main/lab/experiment-plan.js'
import type { Rehearsal, StageMeasure } from '../../../src-shared/model/estimate.js'
import type { Experiment } from '../../../src-shared/model/experiment.js'
import { RunRecord } from '../../../src-shared/model/run-record.js'
import { createFakeEngine, fakeEngineInfo } from '../../helpers/fake-engine.js'
import { defaultRecord } from '../renderer/fixtures/fixtures.js'

const { experiment, stages } = planExperiment({
  dataset: { id: 'mnist-10k' },
  model: { id: 'small-cnn' },
  attack: { id: 'badnets' },
  training: { epochs: 4 },
  defenses: [],
})
const train = stages.find(({ kind }) => kind === 'train')!
const measure = (stage: StageMeasure['stage'], given: Partial<StageMeasure> = {}): StageMeasure => ({
  stage,
  loops: 0,
  epochs: 0,
  steps: 0,
  loopSeconds: 0,
  epochSeconds: 0,
  stepSeconds: 0,
  otherSeconds: 0.5,
  ...given,
})
const rehearsal: Rehearsal = {
  stages: [...stages],
  measures: stages.map((stage) =>
    stage === train
      ? measure(stage, { loops: 1, epochs: 4, steps: 400, loopSeconds: 2, epochSeconds: 0.25, stepSeconds: 0.01 })
      : measure(stage),
  ),
  peakMemoryMb: 500,
  weightsMb: 2,
}

function open({ isBusy = false, earlierRuns = [] as RunRecord[] } = {}) {
  const engine = createFakeEngine()
  const state = { isBusy, rehearsed: [] as Experiment[], answer: async (): Promise<Rehearsal> => rehearsal }
  engine.rehearse = async (asked) => {
    state.rehearsed.push(asked)
    return state.answer()
  }
  const estimates = createEstimates({
    victimFile: () => null,
    launchEngine: () => engine.launch(),
    describeEngine: async () => fakeEngineInfo,
    isBusy: () => state.isBusy,
    earlierRuns: async () => earlierRuns,
  })
  return { estimates, engine, state }
}
const training = (change: object): Experiment => ({ ...experiment, training: { ...experiment.training, ...change } })

describe('an estimate', () => {
  it('adds up what was measured, stage by stage', async () => {
    const { estimates } = open()
    const estimate = await estimates.of(experiment)
    expect(estimate).toMatchObject({ basis: 'rehearsal', peakMemoryMb: 550 })
    expect(estimate.diskMb).toBeCloseTo(2.3)
    // 2 to begin, 4 epochs of a quarter, 400 steps of a hundredth, half beyond; half for each of the other three.
    expect(estimate.stages.find(({ stage }) => stage.kind === 'train')).toMatchObject({ steps: 400, seconds: 7.5 })
    expect(estimate.seconds).toBeCloseTo(9)
  })

  it('is not measured again for other epochs, seeds, names and triggers, but for another batch, model or attack', async () => {
    const { estimates, state } = open()
    await estimates.of(experiment)
    const longer = await estimates.of(training({ epochs: 8, learningRate: 0.1 }))
    expect(longer.stages.find(({ stage }) => stage.kind === 'train')).toMatchObject({ steps: 800, seconds: 12.5 })
    const attack = { ...experiment.attack!, params: { ...experiment.attack!.params, trigger: { pattern: 'white' } } }
    await estimates.of({ ...experiment, name: 'Another', seed: 9, attack })
    expect(state.rehearsed).toHaveLength(1)
    await estimates.of(training({ batchSize: 32 }))
    await estimates.of({ ...experiment, model: { ...experiment.model, params: { width: 4 } } })
    const poisonRate = { ...experiment.attack!, params: { ...experiment.attack!.params, poisonRate: 0.2 } }
    await estimates.of({ ...experiment, attack: poisonRate })
    expect(state.rehearsed).toHaveLength(4)
  })

  it('says what it does not know of a stage that was not reached', async () => {
    const { estimates, state } = open()
    state.answer = async () => ({ ...rehearsal, measures: rehearsal.measures.slice(0, 3) })
    const estimate = await estimates.of(experiment)
    expect(estimate.seconds).toBeNull()
    expect(estimate.stages.at(-1)).toMatchObject({ steps: null, seconds: null })
    expect(estimate.reason).toContain('Not reached: Evaluate victim.')
  })

  it('measures nothing while a run is in progress, and ends a rehearsal for the sake of one', async () => {
    const busy = open({ isBusy: true })
    expect(await busy.estimates.of(experiment)).toMatchObject({ basis: 'unknown', seconds: null })
    expect(busy.state.rehearsed).toEqual([])

    const { estimates, state, engine } = open()
    state.answer = () => new Promise(() => undefined)
    const asked = estimates.of(experiment)
    await expect.poll(() => state.rehearsed.length).toBe(1)
    estimates.interrupt()
    expect(await asked).toMatchObject({ basis: 'unknown', reason: expect.stringContaining('once no run') as string })
    expect(engine.launches).toBe(1)
  })

  it('rests on an earlier run of the same work where nothing can be measured', async () => {
    const record = RunRecord.parse({ ...defaultRecord, engine: fakeEngineInfo })
    const { estimates } = open({ isBusy: true, earlierRuns: [record] })
    const same = planExperiment(record.experiment).experiment
    const complete = { ...record, experiment: same }
    const known = open({ isBusy: true, earlierRuns: [complete] }).estimates
    expect(await estimates.of(training({ batchSize: 7 }))).toMatchObject({ basis: 'unknown' })
    const estimate = await known.of({ ...same, training: { ...same.training, epochs: 2 * same.training.epochs } })
    const { train: trained, total } = record.summary!.seconds
    expect(estimate).toMatchObject({ basis: 'earlier-run', peakMemoryMb: record.summary!.peakMemoryMb })
    expect(estimate.seconds).toBeCloseTo(total + trained, 0)
    expect(estimate.reason).toContain(record.runId)
  })

  it('says why a rehearsal failed, and tries again', async () => {
    const { estimates, state, engine } = open()
    state.answer = () => new Promise(() => undefined)
    const asked = estimates.of(experiment)
    await expect.poll(() => state.rehearsed.length).toBe(1)
    engine.die('it was ended by SIGKILL')
    expect((await asked).reason).toContain('The rehearsal did not succeed: The engine stopped')
    state.answer = async () => rehearsal
    expect(await estimates.of(experiment)).toMatchObject({ basis: 'rehearsal' })
  })
})
