import { AppError } from '../../../src-shared/contract/errors.js'
import { fieldErrors, invalidInput } from '../../../src-shared/contract/field-errors.js'
import { byteBlock, floatBlock, intBlock } from '../../../src-shared/model/array-block.js'
import type { DetectorAnswer } from '../../../src-shared/model/detector-answer.js'
import { anomalyIndices } from '../../../src-shared/util/statistics.js'
import type { TensorMap } from '../compute/tensor-map.js'
import { createImageSet, selectImages, type ImageSet } from '../data/image-set.js'
import type { DatasetInfo, DefenderView, DetectorDefinition, Examination } from '../define.js'
import { dealDefender } from '../evaluation/deal-test.js'
import { turnedSamples } from '../inspect/heat-statistics.js'
import type { OpenRun } from '../inspect/open-run.js'
import { allIndices, evenlySpread } from '../inspect/spread.js'
import { viewImages } from '../inspect/view-images.js'
import type { TimedWatch } from '../inspect/watch.js'
import { createSharedWork } from '../shared-work.js'
import { detectors } from './index.js'

/** Samples that are scored where nobody says how many: clean inputs, and as many triggered ones. */
const USUAL_INPUTS = 500
const USUAL_TRAINING_IMAGES = 20_000

/** A detector with its parameters, checked. */
export interface DetectPlan {
  readonly definition: DetectorDefinition
  readonly params: unknown
}

/** Refuses an unknown detector or parameter in words, with what is allowed. */
export function planDetection(choice: { detector: string; params: unknown }, data: DatasetInfo): DetectPlan {
  const definition = detectors.get(choice.detector, 'detector')
  const params = definition.params.safeParse(choice.params)
  if (!params.success) throw invalidInput(fieldErrors(params.error, choice.params, ['params']))
  const problems = definition.check(params.data, data)
  if (problems.length > 0) throw invalidInput(problems.map((each) => ({ ...each, path: `params.${each.path}` })))
  return { definition, params: params.data }
}

/**
 * Lets a detector examine a model of a run. It is given what its user would have; the truth is put beside its answer here.
 * @param limit of samples; null takes the usual number
 */
export async function examineRun(
  run: OpenRun,
  weights: TensorMap,
  { definition, params }: DetectPlan,
  limit: number | null,
  watch: TimedWatch,
): Promise<DetectorAnswer> {
  const { examination } = definition
  const view = viewOfUser(run, weights, definition.id)
  if (run.attack !== null && run.attack.trigger === null && examination.of !== 'model') {
    throw new AppError({ code: 'unsupported', message: run.attack.problem ?? 'The trigger is not known.' })
  }
  if (run.plan.experiment.victim && examination.of === 'training-set') {
    const message = `${definition.title} needs the training set, which does not come with an imported model.`
    throw new AppError({ code: 'unsupported', message })
  }
  switch (examination.of) {
    case 'inputs':
      return scoreInputs(run, view, examination, params, limit ?? USUAL_INPUTS, watch)
    case 'training-set':
      return scoreTrainingSet(run, view, examination, params, limit ?? USUAL_TRAINING_IMAGES, watch)
    case 'model': {
      const { scores, found } = await examination.scan(params, view, watch)
      const anomalies = anomalyIndices(scores)
      const classes = run.plan.data.classNames.map((name, index) => ({
        class: index,
        name,
        score: scores[index]!,
        anomaly: anomalies?.[index] ?? null,
      }))
      const targets = new Set(run.attack?.targets)
      return { examines: 'model', classes, found, targets: [...targets].toSorted((a, b) => a - b) }
    }
  }
}

/** The images that the defenses of the run had, dealt as they were. */
function viewOfUser(run: OpenRun, weights: TensorMap, id: string): DefenderView {
  const { data, experiment } = run.plan
  return {
    victim: { network: run.network, weights },
    data,
    ...dealDefender(run.splits.defender.images, experiment.defender.validationShare, run.random),
    suspectTrain: null,
    random: run.random.within(`detector.${id}`),
    shared: createSharedWork(),
  }
}

type ExaminationOf<K extends Examination<unknown>['of']> = Extract<Examination<unknown>, { of: K }>

async function scoreInputs(
  run: OpenRun,
  view: DefenderView,
  examination: ExaminationOf<'inputs'>,
  params: unknown,
  limit: number,
  watch: TimedWatch,
): Promise<DetectorAnswer> {
  const split = 'evaluation'
  const clean = evenlySpread(allIndices(run.splits[split].images.count), limit)
  const turned = run.attack === null ? new Uint32Array() : turnedSamples(run, split, limit)
  const together = joined(
    viewImages(run, split, clean, { kind: 'clean' }).set,
    viewImages(run, split, turned, { kind: 'triggered' }).set,
  )
  // In random order, so that its place says nothing of an input.
  const order = run.random.within('inspection').stream('inputs-order').permutation(together.count)
  const { shape, count } = together
  const shuffled = examination.score(
    params,
    view,
    { shape, count, pixels: selectImages(together, order).pixels },
    watch,
  )
  const scores = new Float32Array(count)
  ;(await shuffled).forEach((score, k) => (scores[order[k]!] = score))
  return {
    examines: 'inputs',
    split,
    indices: intBlock(Int32Array.from([...clean, ...turned])),
    truth: byteBlock(Uint8Array.from(scores, (_, k) => (k < clean.length ? 0 : 1))),
    scores: floatBlock(scores),
  }
}

async function scoreTrainingSet(
  run: OpenRun,
  view: DefenderView,
  examination: ExaminationOf<'training-set'>,
  params: unknown,
  limit: number,
  watch: TimedWatch,
): Promise<DetectorAnswer> {
  const split = 'train'
  const indices = evenlySpread(allIndices(run.splits[split].images.count), limit)
  const scores = await examination.score(params, view, run.trainedOn(indices), watch)
  return {
    examines: 'training-set',
    split,
    indices: intBlock(Int32Array.from(indices)),
    truth: byteBlock(Uint8Array.from(indices, (index) => (run.isPoisoned(split, index) ? 1 : 0))),
    scores: floatBlock(scores),
  }
}

function joined(first: ImageSet, second: ImageSet): ImageSet {
  const pixels = new Uint8Array(first.pixels.length + second.pixels.length)
  pixels.set(first.pixels)
  pixels.set(second.pixels, first.pixels.length)
  return createImageSet(first.shape, pixels, Uint8Array.from([...first.labels, ...second.labels]))
}
