import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src-shared/contract/events.js'
import {
  outcomeOf,
  resumedFrom,
  runDisturbed,
  runUndisturbed,
  writeExperiment,
  type Place,
} from '../helpers/interrupted-runs.js'
import { isLong, tried } from '../faults/figures.js'
import { noNativeEngine } from '../helpers/native.js'

const experiment = {
  name: 'Interrupted',
  dataset: { id: 'mnist-10k', params: { images: 1200 } },
  model: { id: 'small-cnn', params: { width: 8 } },
  attack: { id: 'trojannn', params: { poisonRate: 0.1, neurons: { steps: 40 } } },
  training: { epochs: 3, batchSize: 32, augmentation: { kind: 'custom', cropPadding: 1 } },
  defenses: [
    {
      id: 'baeraser',
      params: {
        recovery: { hidden: 32, epochs: 3, searchEpochs: 2, batchSize: 16 },
        unlearning: { epochs: 3 },
        // Whatever the search finds is recovered and unlearned: how well is not the question here.
        selection: { detectionThreshold: 0.001 },
      },
    },
  ],
}

/** An attack that follows the training, defenses with several trainings, and one that takes over a search. */
const longExperiment = {
  ...experiment,
  name: 'Interrupted at length',
  attack: { id: 'imc', params: { poisonRate: 0.1, neurons: { steps: 40 }, coOptimisation: { batchesPerPass: 4 } } },
  defenses: [
    ...experiment.defenses,
    { id: 'nad', params: { teacherEpochs: 2, training: { epochs: 2, learningRate: 0.01 } } },
    {
      id: 'mesa',
      params: {
        recovery: { hidden: 32, epochs: 2, searchEpochs: 2, batchSize: 16 },
        repair: { epochs: 3 },
        selection: { detectionThreshold: 0.001 },
      },
    },
  ],
}
/** Stages of their own: 8 and 9 of NAD, 11 and 12 of MESA. */
const [TEACH, DISTIL, MESA_RECOVER, MESA_REPAIR] = [8, 9, 11, 12]

const figuresOf =
  (stage: number, epoch: number): Place =>
  (event: RunEvent) =>
    event.type === 'run.metrics' && event.stage === stage && event.epoch === epoch

/** Stages of the experiment: load, craft, poison, train, evaluate, recover, unlearn, evaluate. */
const [CRAFT, TRAIN, RECOVER, UNLEARN] = [1, 3, 5, 6]

describe.skipIf(noNativeEngine !== null)(
  `a run that is disturbed${noNativeEngine ? ` (skipped: ${noNativeEngine})` : ''}`,
  () => {
    let workspace = ''
    beforeAll(async () => {
      workspace = await mkdtemp(join(tmpdir(), 'resume-'))
    })
    afterAll(() => rm(workspace, { recursive: true }))

    it.runIf(isLong)('does so with every kind of loop', async () => {
      const file = await writeExperiment(workspace, longExperiment)
      const undisturbed = await outcomeOf(workspace, await runUndisturbed(workspace, file))
      const { runId, parts } = await runDisturbed(workspace, file, [
        { at: figuresOf(CRAFT, 1), by: 'program' },
        { at: figuresOf(TRAIN, 1), by: 'engine' },
        { at: figuresOf(TRAIN, 2), by: 'SIGINT' },
        { at: figuresOf(UNLEARN, 1), by: 'program' },
        { at: figuresOf(TEACH, 1), by: 'engine' },
        { at: figuresOf(DISTIL, 1), by: 'SIGHUP' },
        { at: figuresOf(MESA_RECOVER, 3), by: 'engine' },
        { at: figuresOf(MESA_REPAIR, 2), by: 'program' },
      ])
      expect(await outcomeOf(workspace, runId)).toEqual(undisturbed)
      expect(undisturbed).toMatchObject({ status: 'done', checkpoints: [] })
      tried('A run is interrupted', 'IMC, BAERASER, NAD and MESA: resumed, bit for bit the same', parts.length - 1)
    })

    it('ends bit for bit as one that never was, wherever it was disturbed and however often', async () => {
      const file = await writeExperiment(workspace, experiment)
      const undisturbed = await outcomeOf(workspace, await runUndisturbed(workspace, file))
      const { runId, parts } = await runDisturbed(workspace, file, [
        { at: figuresOf(CRAFT, 2), by: 'engine' },
        { at: figuresOf(TRAIN, 2), by: 'program' },
        { at: figuresOf(RECOVER, 2), by: 'SIGTERM' },
        { at: figuresOf(UNLEARN, 2), by: 'engine' },
      ])
      expect(parts.map(({ code }) => code)).toEqual([1, null, 143, 1, 0])
      expect(await outcomeOf(workspace, runId)).toEqual(undisturbed)
      expect(undisturbed).toMatchObject({ status: 'done', checkpoints: [] })
      tried('A run is interrupted', 'TrojanNN and BAERASER: resumed, bit for bit the same', parts.length - 1)
      // Not done again from the start, which would end the same.
      const from = (await resumedFrom(workspace, runId)).join('; ')
      for (const work of ['training a clean model', 'training the victim', 'recovering triggers', 'repairing']) {
        expect(from).toContain(work)
      }
    })
  },
)
