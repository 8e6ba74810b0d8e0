import type { Scores } from '../../src-shared/model/metrics.js'
import type { DefenseSummary, RunSummary } from '../../src-shared/model/run-record.js'
import { disposeTensors, type TensorMap } from './compute/tensor-map.js'
import { createAugmentation } from './data/augmentation.js'
import { selectImages } from './data/image-set.js'
import type { AttackerKnowledge, Dataset, DefenderView, PlantedBackdoor } from './define.js'
import { releasePredictor } from './evaluation/predict.js'
import { measureScores, prepareExam, type Exam } from './evaluation/scores.js'
import { createWall, type Wall } from './evaluation/wall.js'
import type { ExperimentPlan, PlannedDefense } from './experiment-plan.js'
import { initialWeights, type Classifier, type Network } from './nn/network.js'
import { createRandomStreams, type RandomStreams } from './random/streams.js'
import type { RunContext } from './run-context.js'
import type { RunHost } from './run-host.js'
import { createStageClock, type StageClock } from './stage-clock.js'
import { tf } from './tf.js'
import { trainClassifier } from './training/train-classifier.js'

/** An attack counts as taken from this success on: below it there is little to remove. */
const TAKEN_FROM = 0.5

/**
 * Runs an experiment from loading to the last evaluation, telling the host of every stage. Returns the summary; throws
 * what went wrong. No tensor outlives it.
 */
export async function runExperiment(plan: ExperimentPlan, host: RunHost): Promise<RunSummary> {
  const tensorsBefore = tf.memory().numTensors
  const clock = createStageClock(plan.stages, host)
  host.emit({ type: 'run.planned', stages: [...plan.stages], engine: host.engine })
  const random = createRandomStreams(plan.experiment.seed)

  clock.enter('load')
  const dataset = await plan.dataset.definition.load(plan.dataset.params, {
    reader: host.reader,
    random: random.within('dataset'),
  })
  const backdoor = await plantBackdoor(plan, dataset, random, clock.context, clock.enter)
  const { exam, defenderImages } = splitTest(plan, dataset, backdoor, random)

  clock.enter('train')
  const network = plan.model.definition.build(plan.model.params, plan.data)
  const victim: Classifier = {
    network,
    weights: await trainVictim(plan, network, dataset, backdoor, exam, random, clock.context),
  }
  try {
    await host.files.saveTensors('victim.safetensors', 'Victim weights', victim.weights, modelMetadata(plan))
    clock.enter('evaluate')
    const before = await measureScores(network, victim.weights, exam)
    reportScores(clock.context, before)
    warnIfNotTaken(clock.context, before)

    const wall = exam.triggered === null ? null : createWall(network, exam.triggered)
    if (wall !== null) {
      await wall.hang(clock.context)
      host.emit({ type: 'run.wall-hung', ...wall.layout })
    }
    // The same for every defense, so that they are compared on equal terms.
    const defenderSets = splitDefender(plan, defenderImages, random)
    const summaries: DefenseSummary[] = []
    for (const [index, defense] of plan.defenses.entries()) {
      const view: DefenderView = {
        victim,
        data: plan.data,
        ...defenderSets,
        random: random.within(`defense.${index}`),
      }
      summaries.push(await runDefense(defense, index, view, { exam, backdoor, plan, wall }, clock))
    }

    return {
      before,
      attackTook: before.attackSuccessRate === null ? null : before.attackSuccessRate >= TAKEN_FROM,
      testImages: exam.clean.count,
      triggeredImages: exam.triggered?.set.count ?? 0,
      defenses: summaries,
      seconds: clock.seconds(),
      peakMemoryMb: host.peakMemoryMb(),
      tensorsLeft: tf.memory().numTensors - tensorsBefore - Object.keys(victim.weights).length,
    }
  } finally {
    disposeTensors(victim.weights)
    releasePredictor(network)
  }
}

async function plantBackdoor(
  plan: ExperimentPlan,
  { train }: Dataset,
  random: RandomStreams,
  { files }: RunContext,
  enter: (kind: 'poison') => void,
): Promise<PlantedBackdoor | null> {
  if (plan.attack === null) return null
  enter('poison')
  const backdoor = plan.attack.definition.plant(plan.attack.params, {
    train,
    data: plan.data,
    random: random.within('attack'),
  })
  await files.saveImage('trigger.png', 'True trigger', backdoor.trigger.picture)
  await files.saveJson('poison.json', 'Positions of the poisoned training images', {
    trainingImages: train.count,
    poisonedIndices: [...backdoor.poisonedIndices],
  })
  return backdoor
}

/** Deals the test split: a share to the defender, the rest to the evaluation, which no defense sees. */
function splitTest(plan: ExperimentPlan, { test }: Dataset, backdoor: PlantedBackdoor | null, random: RandomStreams) {
  const order = random.stream('defender-split').permutation(test.count)
  const defenderCount = Math.round(plan.experiment.defender.share * test.count)
  const clean = selectImages(test, order.subarray(defenderCount))
  return {
    defenderImages: selectImages(test, order.subarray(0, defenderCount)),
    exam: prepareExam(clean, backdoor, random.stream('exam-positions')),
  }
}

function splitDefender(
  plan: ExperimentPlan,
  images: Dataset['test'],
  random: RandomStreams,
): Pick<DefenderView, 'train' | 'validation'> {
  const order = random.stream('validation-split').permutation(images.count)
  const validationCount = Math.round(plan.experiment.defender.validationShare * images.count)
  return {
    validation: selectImages(images, order.subarray(0, validationCount)),
    train: selectImages(images, order.subarray(validationCount)),
  }
}

async function trainVictim(
  plan: ExperimentPlan,
  network: Network,
  dataset: Dataset,
  backdoor: PlantedBackdoor | null,
  exam: Exam,
  random: RandomStreams,
  context: RunContext,
): Promise<TensorMap> {
  return trainClassifier(
    {
      network,
      initialWeights: initialWeights(network, random.stream('weights')),
      data: backdoor === null ? dataset.train : backdoor.poisonedTrain,
      config: plan.experiment.training,
      augmentation: createAugmentation({
        config: plan.experiment.training.augmentation,
        shape: plan.data.shape,
        meanPixel: plan.data.pixelNormalization.mean,
        random: random.within('augmentation'),
      }),
      shuffle: random.stream('shuffle'),
      async afterEpoch(weights, epoch) {
        reportScores(context, await measureScores(network, weights, exam), epoch)
      },
    },
    context,
  )
}

interface Evaluation {
  readonly exam: Exam
  readonly backdoor: PlantedBackdoor | null
  readonly plan: ExperimentPlan
  readonly wall: Wall | null
}

async function runDefense(
  planned: PlannedDefense,
  index: number,
  view: DefenderView,
  { exam, backdoor, plan, wall }: Evaluation,
  clock: StageClock,
): Promise<DefenseSummary> {
  const { definition, params, preset, knowledge } = planned
  const folder = plan.defenses.length === 1 ? '' : `defense-${index + 1}/`
  const { network } = view.victim
  const quiet = clock.contextIn(folder)
  const context: RunContext = {
    ...quiet,
    async observe(weights, moment) {
      const frame = (await wall?.look(weights, moment)) ?? null
      if (frame !== null) clock.showWall(frame)
      const isEpochEnd = moment.epoch === 0 || moment.step === moment.stepsPerEpoch
      if (isEpochEnd) reportScores(quiet, await measureScores(network, weights, exam), moment.epoch)
    },
  }
  const result =
    knowledge === 'oracle' && definition.oracle !== undefined && backdoor !== null
      ? await definition.oracle.repair(view, attackerKnowledge(network, exam, backdoor), params, context)
      : await definition.repair(view, params, context)
  try {
    await context.files.saveTensors(
      'repaired.safetensors',
      `Weights after ${definition.title}`,
      result.weights,
      modelMetadata(plan),
    )
    context.enterStage('evaluate')
    const after = await measureScores(network, result.weights, exam)
    reportScores(context, after)
    return {
      id: definition.id,
      preset,
      knowledge,
      outcome: result.outcome,
      keptEpoch: result.keptEpoch,
      detection: result.detection,
      after,
    }
  } finally {
    disposeTensors(result.weights)
  }
}

function attackerKnowledge(network: Network, exam: Exam, backdoor: PlantedBackdoor): AttackerKnowledge {
  return {
    targetClass: backdoor.targetOf(0),
    measureAttackSuccess: async (weights) => (await measureScores(network, weights, exam)).attackSuccessRate ?? 0,
  }
}

function reportScores(context: RunContext, scores: Scores, epoch: number | null = null): void {
  const known = Object.entries(scores).filter((entry): entry is [string, number] => entry[1] !== null)
  context.metrics({ epoch, origin: 'evaluation', values: Object.fromEntries(known) })
}

function warnIfNotTaken(context: RunContext, { attackSuccessRate }: Scores): void {
  if (attackSuccessRate === null || attackSuccessRate >= TAKEN_FROM) return
  context.note(
    'warning',
    `The attack did not take (attack success ${(100 * attackSuccessRate).toFixed(1)} %): defending this model proves nothing.`,
  )
}

function modelMetadata({ experiment }: ExperimentPlan): Record<string, string> {
  return {
    model: experiment.model.id,
    modelParams: JSON.stringify(experiment.model.params),
    dataset: experiment.dataset.id,
    layout: 'convolutions height x width x in x out, linear in x out',
  }
}
