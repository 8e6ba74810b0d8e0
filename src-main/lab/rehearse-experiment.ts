/**
 * A rehearsal: the experiment as it is, with its model, batches and methods, but every stage only for a moment. What a run
 * will take follows from it by arithmetic.
 */
import { AppError } from '../../src-shared/contract/errors.js'
import type { RunFact } from '../../src-shared/contract/events.js'
import type { Rehearsal, StageMeasure } from '../../src-shared/model/estimate.js'
import { CURVE_IMAGES } from '../../src-shared/model/metrics.js'
import { createCourse } from './course.js'
import { selectImages, type ImageSet } from './data/image-set.js'
import type { DatasetDefinition, DefenseDefinition } from './define.js'
import type { ExperimentPlan, PlannedDefense } from './experiment-plan.js'
import { runExperiment } from './run-experiment.js'
import type { RunFiles } from './run-context.js'
import type { RunHost } from './run-host.js'
import { measureStages, type TimedFact } from './stage-measures.js'

/** Of an epoch of training; whole batches, so that only one size of batch has to be made ready. */
const TRAIN_STEPS = 12
/** Test images that are looked at; with more of them every look takes longer in proportion. */
const TEST_IMAGES = 2500
/** A stage ends after the epoch in which so long has passed since its first step, and so many epochs, */
const STAGE_MS = 2_000
const STAGE_EPOCHS = 3
/** or so long in any case. */
const LONG_STAGE_MS = 8_000
/** Stages that begin later are not reached. */
const REHEARSAL_MS = 60_000

const BYTES_OF_A_WEIGHT = 4
const MB = 1024 * 1024

type Host = Pick<RunHost, 'reader' | 'readVictim' | 'engine' | 'now' | 'breathe' | 'memoryMb' | 'peakMemoryMb'>

/** Throws what keeps the experiment from running, such as `data-missing`. No file is written. */
export async function rehearseExperiment(plan: ExperimentPlan, host: Host): Promise<Rehearsal> {
  const facts: TimedFact[] = []
  const startedMs = host.now()
  const limit = new AbortController()
  const cut = cutPlan(plan)
  let weights = 0
  /** Of the present stage. */
  let firstStepMs: number | null = null
  let epoch = 0

  const emit = (fact: RunFact): void => {
    const atMs = host.now()
    facts.push({ fact, atMs })
    if (fact.type === 'run.stage') firstStepMs = null
    if (fact.type === 'run.progress') {
      firstStepMs ??= atMs
      epoch = fact.epoch
    }
    if (atMs - startedMs > REHEARSAL_MS) limit.abort()
  }
  const rehearsalHost: RunHost = {
    ...host,
    checkpoints: null,
    course: createCourse(0, emit),
    signal: limit.signal,
    files: countingFiles((count) => (weights += count)),
    isStopping() {
      const elapsed = firstStepMs === null ? 0 : host.now() - firstStepMs
      return elapsed > LONG_STAGE_MS || (elapsed > STAGE_MS && epoch >= STAGE_EPOCHS)
    },
    emit,
  }
  try {
    const summary = await runExperiment(cut.plan, rehearsalHost)
    rehearsalHost.emit({ type: 'run.finished', summary })
  } catch (error) {
    const isOverLimit = error instanceof AppError && error.code === 'cancelled'
    if (!isOverLimit) throw error
  }
  const measures = measureStages(plan.stages, facts).map((measure) => cut.scaled(measure))
  return {
    stages: [...plan.stages],
    measures,
    peakMemoryMb: host.peakMemoryMb() + cut.leftOutMb(),
    weightsMb: (weights * BYTES_OF_A_WEIGHT) / MB,
  }
}

interface CutPlan {
  readonly plan: ExperimentPlan
  /** What a measure of the cut plan says of the whole one. */
  scaled(measure: StageMeasure): StageMeasure
  /** Memory that the images take that were left out. */
  leftOutMb(): number
}

/** The plan with fewer images. */
function cutPlan(plan: ExperimentPlan): CutPlan {
  const { training, defender } = plan.experiment
  const counts = { train: 0, test: 0, testLeft: 1 }
  let bytesLeftOut = 0
  const definition: DatasetDefinition = {
    ...plan.dataset.definition,
    async load(params, context) {
      const whole = await plan.dataset.definition.load(params, context)
      const test = first(whole.test, TEST_IMAGES)
      const train = first(whole.train, TRAIN_STEPS * training.batchSize)
      Object.assign(counts, { train: whole.train.count, test: whole.test.count, testLeft: test.count })
      // A run poisons a copy of the training images, and examines clean and triggered test images.
      const copied = plan.attack === null ? 0 : 1
      bytesLeftOut =
        copied * (whole.train.pixels.length - train.pixels.length) +
        (1 + copied) * (whole.test.pixels.length - test.pixels.length)
      return { ...whole, test, train }
    },
  }
  const experiment = {
    ...plan.experiment,
    training: { ...training, epochs: Math.max(training.epochs, STAGE_EPOCHS + 1) },
  }
  return {
    plan: {
      ...plan,
      experiment,
      dataset: { ...plan.dataset, definition },
      defenses: plan.attack === null ? plan.defenses : plan.defenses.map(allStages),
    },
    leftOutMb: () => bytesLeftOut / MB,
    scaled(measure) {
      const share = counts.test / counts.testLeft
      const { kind, defense } = measure.stage
      const epochSeconds =
        measure.epochSeconds * (lookedAt(counts.test, defender) / lookedAt(counts.testLeft, defender))
      // These have all they need: loading reads everything.
      if (kind === 'load' || kind === 'poison') return measure
      if (kind === 'train' || kind === 'craft') {
        const { epochs } = training
        const trainingSteps = epochs * Math.ceil(counts.train / training.batchSize)
        const work = plan.attack?.definition.work?.(plan.attack.params, {
          trainImages: counts.train,
          trainingSteps,
          epochs,
        })
        const told = work?.[kind] ?? (kind === 'train' ? { epochs, steps: trainingSteps } : {})
        return { ...measure, epochSeconds, ...told }
      }
      const otherSeconds = measure.otherSeconds * share
      if (defense === null || kind === 'evaluate') return { ...measure, epochSeconds, otherSeconds }
      const images = Math.round(counts.test * defender.share * (1 - defender.validationShare))
      const told = workOf(plan.defenses[defense]!, measure, {
        trainImages: images,
        suspectImages: counts.train,
        classes: plan.data.classNames.length,
      })
      return { ...measure, steps: Math.round(measure.steps * share), epochSeconds, otherSeconds, ...told }
    },
  }
}

/** Images that are looked at after an epoch where so many are in the test split: clean, triggered, and the defender's own. */
function lookedAt(testImages: number, { share, validationShare }: ExperimentPlan['experiment']['defender']): number {
  return 2 * Math.min(CURVE_IMAGES, (1 - share) * testImages) + validationShare * share * testImages
}

/** What the defense itself says of a stage of this kind. */
function workOf(
  { definition, params }: PlannedDefense,
  { stage }: StageMeasure,
  counts: { trainImages: number; suspectImages: number; classes: number },
) {
  const index = definition.stages.findIndex(({ kind }) => kind === stage.kind)
  return definition.work?.(params, counts)[index]
}

/**
 * A victim that was hardly trained shows no backdoor, and many a defense would end there. The variant that is told the
 * target walks through all of its stages; what it is told of its success never lets it end early.
 */
function allStages(planned: PlannedDefense): PlannedDefense {
  const { oracle } = planned.definition
  if (oracle === undefined) return planned
  const definition: DefenseDefinition = {
    ...planned.definition,
    oracle: {
      ...oracle,
      repair: (view, attacker, params, context) =>
        oracle.repair(view, { ...attacker, measureAttackSuccess: async () => 1 }, params, context),
    },
  }
  return { ...planned, definition, knowledge: 'oracle' }
}

function first(set: ImageSet, count: number): ImageSet {
  if (set.count <= count) return set
  return selectImages(
    set,
    Array.from({ length: count }, (_, index) => index),
  )
}

/** Writes nothing and counts the weights. */
function countingFiles(count: (weights: number) => void): RunFiles {
  return {
    async saveTensors(_path, _title, tensors) {
      for (const { size } of Object.values(tensors)) count(size)
    },
    saveImage: async () => {},
    saveJson: async () => {},
  }
}
