/**
 * The search for the target class that BAERASER and MESA begin with, on its own. Qiao, Yang and Li, "Defending Neural
 * Backdoors via Generative Distribution Modeling", NeurIPS 2019 (arXiv 1910.04749): a generator learns small patches that
 * turn images of other classes to a class, for one class after the other; they succeed for the attacker's target only.
 */
import { z } from 'zod'
import { noCheckpoints } from '../checkpoints.js'
import { defineDetector } from '../define.js'
import type { TimedWatch } from '../inspect/watch.js'
import type { RunContext } from '../run-context.js'
import { createSharedWork } from '../shared-work.js'
import { RecoveryParams, SelectionParams } from '../trigger-recovery/params.js'
import { searchAt } from '../trigger-recovery/target-search.js'
import { checkPatch } from '../triggers/patch.js'

const { searchEpochs, epochs: _ofRepairs, ...recovery } = RecoveryParams.shape

export const generativeScan = defineDetector({
  id: 'generative-scan',
  family: 'trigger-recovery',
  title: 'Generative scan',
  summary: 'Recovers triggers for each class and finds the one class, if any, for which they succeed.',
  paper: {
    title: 'Defending Neural Backdoors via Generative Distribution Modeling',
    authors: 'Qiao, Yang, Li',
    year: 2019,
    url: 'https://arxiv.org/abs/1910.04749',
  },
  params: z.strictObject({
    ...recovery,
    searchEpochs: searchEpochs.unwrap().default(10).meta({ title: 'Epochs', description: 'Spent on each class.' }),
    detectionThreshold: SelectionParams.shape.detectionThreshold,
  }),
  presets: [],
  scoreTitle: 'Success of recovered triggers beyond the base rate',
  check: ({ patchSize }, data) =>
    checkPatch({ size: patchSize }, data.shape).map((error) => ({ ...error, path: 'patchSize' })),

  examination: {
    of: 'model',
    async scan({ searchEpochs: epochs, detectionThreshold, position, ...options }, view, watch) {
      // What the answer of a defense was does not come in: this is a search of its own.
      const alone = { ...view, shared: createSharedWork() }
      const { detection } = await searchAt(
        position,
        alone,
        { ...options, epochs },
        detectionThreshold,
        unrecorded(watch),
        [],
      )
      const scores = detection.classes.map(({ recoveredSuccess, baseRate }) => recoveredSuccess - baseRate)
      return { scores, found: detection.target }
    },
  },
})

/** How exactly progress is told. */
const PARTS = 1000

/** The world as a method of a run sees it, where there is no run: nothing is saved, and only progress is told. */
function unrecorded(watch: TimedWatch): RunContext {
  return {
    signal: new AbortController().signal,
    files: { saveTensors: async () => {}, saveImage: async () => {}, saveJson: async () => {} },
    checkpoints: noCheckpoints,
    now: () => watch.now(),
    breathe: () => watch.breathe(),
    progress({ stageShare }) {
      if (stageShare !== undefined) watch.progress(Math.round(PARTS * stageShare), PARTS)
    },
    metrics: () => {},
    note: () => {},
    enterStage: () => {},
    isStopping: () => false,
    observe: async () => {},
  }
}
