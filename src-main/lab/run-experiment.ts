import { AppError } from '../../src-shared/contract/errors.js'
import type { Scores } from '../../src-shared/model/metrics.js'
import type { DefenseSummary, RunSummary } from '../../src-shared/model/run-record.js'
import type { Checkpoints } from './checkpoints.js'
import { choosePrecision } from './compute/precision.js'
import { disposeTensors, type TensorMap } from './compute/tensor-map.js'
import { selectImages } from './data/image-set.js'
import type { AttackerKnowledge, Dataset, DefenderView } from './define.js'
import { compareWithClaims } from './evaluation/claims.js'
import { dealDefender, dealTest } from './evaluation/deal-test.js'
import { releasePredictor } from './evaluation/predict.js'
import { curveExam, measureScores, prepareExam, reportScores, type Exam } from './evaluation/scores.js'
import { createWall, type Wall } from './evaluation/wall.js'
import { weightsMetadata, type ExperimentPlan, type PlannedDefense } from './experiment-plan.js'
import { createCheckpoints } from './keep-checkpoints.js'
import { loadImages } from './load-images.js'
import { loadedWeights, type Classifier, type Network } from './nn/network.js'
import { plannedTraining } from './planned-training.js'
import { createRandomStreams, createStreamLedger, type RandomStreams } from './random/streams.js'
import { foreignBackdoor, saveTrigger, startAttack, type AttackGround, type RunningAttack } from './run-attack.js'
import type { RunContext } from './run-context.js'
import type { RunHost } from './run-host.js'
import { createSharedWork, type SharedWork } from './shared-work.js'
import { createStageClock, type StageClock } from './stage-clock.js'
import { tf } from './tf.js'
import { trainClassifier, type TrainingJob } from './training/train-classifier.js'

/** An attack counts as taken from this success on: below it there is little to remove. */
const TAKEN_FROM = 0.5

/**
 * Runs an experiment from loading to the last evaluation, telling the host of every stage. Returns the summary; throws
 * what went wrong. No tensor outlives it.
 */
export async function runExperiment(plan: ExperimentPlan, given: RunHost): Promise<RunSummary> {
  const tensorsBefore = tf.memory().numTensors
  let hasBeenStopped = false
  const host: RunHost = { ...given, isStopping: () => hasBeenStopped || given.isStopping() }
  const clock = createStageClock(plan.stages, host, () => checkpoints)
  host.emit({ type: 'run.planned', stages: [...plan.stages], engine: host.engine })
  const ledger = createStreamLedger()
  const random = createRandomStreams(plan.experiment.seed, '', ledger)

  clock.enter('load')
  const { dataset, images } = await loadImages(plan, host.reader, random)
  host.emit({ type: 'run.data', images })
  const stop = (): void => void (hasBeenStopped = true)
  const checkpoints: Checkpoints = createCheckpoints({ host, clock, ledger, images: () => images, stop })
  const network = plan.model.definition.build(plan.model.params, plan.data)
  const { clean, defenderImages } = splitTest(plan, dataset, random)
  const ground = { plan, network, train: dataset.train, test: clean, random }
  let results: Omit<RunSummary, 'seconds' | 'peakMemoryMb' | 'tensorsLeft'>
  try {
    const { weights, exam, trainedOn } =
      plan.victim === null ? await makeVictim(ground, clock) : await takeVictim(ground, host, clock.context)
    try {
      const victim: Classifier = { network, weights }
      const views = defenderViews(plan, victim, defenderImages, trainedOn, random)
      results = await judge(plan, victim, views, exam, host, clock)
    } finally {
      disposeTensors(weights)
    }
  } catch (error) {
    throw withStage(error, clock.title())
  } finally {
    releasePredictor(network)
  }
  return {
    ...results,
    seconds: clock.seconds(),
    peakMemoryMb: host.peakMemoryMb(),
    tensorsLeft: tf.memory().numTensors - tensorsBefore,
  }
}

/** A victim and the exam that it is judged by. The weights belong to whoever receives them. */
interface Victim {
  readonly weights: TensorMap
  readonly exam: Exam
  /** The images that it was trained on, poisoned ones among them; null where they did not come with it. */
  readonly trainedOn: Dataset['train'] | null
}

/** Attacks and trains a victim of the run's own. */
async function makeVictim(ground: AttackGround, clock: StageClock): Promise<Victim> {
  const { attack: planned, experiment } = ground.plan
  const wanted = experiment.training.precision
  const precision = choosePrecision(wanted)
  const attack = planned === null ? null : await startAttack(planned, ground, clock.context)
  clock.enter('train')
  if (wanted === 'auto') clock.context.note('info', `Training in ${precision}, which is the faster on this machine.`)
  return trainVictim(ground, attack, clock.context)
}

/** Takes the victim that was imported, with its trigger where that is known. */
async function takeVictim(
  { plan, network, test, random }: AttackGround,
  host: RunHost,
  context: RunContext,
): Promise<Victim> {
  const backdoor = plan.attack === null ? null : foreignBackdoor(plan.attack, plan.data, random)
  if (backdoor !== null) await saveTrigger(backdoor.trigger, context)
  return {
    weights: loadedWeights(network, await host.readVictim()),
    exam: prepareExam(test, backdoor, random.stream('exam-positions')),
    trainedOn: null,
  }
}

/** A loss that is lost says in which stage. */
function withStage(error: unknown, stage: string): unknown {
  if (!(error instanceof AppError) || error.code !== 'diverged') return error
  return new AppError({ ...error.toWire(), message: `${stage}: ${error.message}` }, { cause: error })
}

/** Measures the victim, and what each defense makes of it. */
async function judge(
  plan: ExperimentPlan,
  { network, weights }: Classifier,
  views: readonly DefenderView[],
  exam: Exam,
  host: RunHost,
  clock: StageClock,
): Promise<Pick<RunSummary, 'before' | 'attackTook' | 'testImages' | 'triggeredImages' | 'defenses'>> {
  await host.files.saveTensors('victim.safetensors', 'Victim weights', weights, weightsMetadata(plan))
  clock.enter('evaluate')
  const before = await measureScores(network, weights, exam)
  reportScores(clock.context, before)
  warnIfNotTaken(clock.context, before)
  if (plan.victim !== null) compareWithClaims(clock.context, plan.victim, before)

  const wall = exam.triggered === null ? null : createWall(network, exam.triggered)
  if (wall !== null) {
    await wall.hang(clock.context)
    host.emit({ type: 'run.wall-hung', ...wall.layout })
  }
  const watched = curveExam(exam)
  const defenses: DefenseSummary[] = []
  for (const [index, defense] of plan.defenses.entries()) {
    defenses.push(await runDefense(defense, index, views[index]!, { exam, watched, plan, wall }, clock))
  }
  return {
    before,
    attackTook: before.attackSuccessRate === null ? null : before.attackSuccessRate >= TAKEN_FROM,
    testImages: exam.clean.count,
    triggeredImages: exam.triggered?.set.count ?? 0,
    defenses,
  }
}

/** Deals the test split: a share to the defender, the rest to the evaluation, which no defense sees. */
function splitTest(plan: ExperimentPlan, { test }: Dataset, random: RandomStreams) {
  const { defender, evaluation } = dealTest(test.count, plan.experiment.defender.share, random)
  return { defenderImages: selectImages(test, defender), clean: selectImages(test, evaluation) }
}

/**
 * The same images for every defense, so that they are compared on equal terms. Randomness is that of a defense alone, so
 * that its result does not depend on what stands beside it; only the same defense once more draws anew.
 */
function defenderViews(
  plan: ExperimentPlan,
  victim: Classifier,
  images: Dataset['test'],
  trainedOn: Dataset['train'] | null,
  random: RandomStreams,
): DefenderView[] {
  const sets = dealDefender(images, plan.experiment.defender.validationShare, random)
  const sharedWork: SharedWork[] = []
  return plan.defenses.map(({ definition }, index) => {
    const repetition = plan.defenses.slice(0, index).filter((other) => other.definition === definition).length
    return {
      victim,
      data: plan.data,
      ...sets,
      suspectTrain: definition.needs === 'training-set' ? trainedOn : null,
      random: random.within(`defense.${repetition}`),
      shared: (sharedWork[repetition] ??= createSharedWork()),
    }
  })
}

/** Trains on what the attack has planted, and measures each epoch with the trigger of that epoch. */
async function trainVictim(
  { plan, network, train, test, random }: AttackGround,
  attack: RunningAttack | null,
  context: RunContext,
): Promise<Victim> {
  const presentExam = (): Exam => prepareExam(test, attack?.backdoor ?? null, random.stream('exam-positions'))
  let exam = presentExam()
  let watched = curveExam(exam)
  const lookAgain = (): void => {
    exam = presentExam()
    watched = curveExam(exam)
  }
  const training = plannedTraining(plan, network, random)
  const weights = await trainClassifier(
    {
      ...training,
      data: attack?.trainingImages ?? train,
      ...(attack === null ? {} : following(attack, training.augmentation, lookAgain)),
      async afterEpoch(now, epoch) {
        reportScores(context, await measureScores(network, now, watched), epoch)
      },
    },
    context,
  )
  return { weights, exam, trainedOn: attack?.backdoor.poisonedTrain ?? train }
}

/** How the victim's training goes along with an attack that follows it; `lookAgain` is called when the trigger is another. */
function following(
  attack: RunningAttack,
  augmentation: TrainingJob['augmentation'],
  lookAgain: () => void,
): Pick<TrainingJob, 'renewData' | 'renewal' | 'companion'> {
  const { renew, companion } = attack
  return {
    ...(renew === null
      ? {}
      : {
          async renewData(now, epoch) {
            await renew(now, epoch)
            lookAgain()
            return attack.trainingImages
          },
          renewal: {
            remember: () => attack.remember(),
            async recall(remembered) {
              await attack.recall(remembered)
              lookAgain()
              return attack.trainingImages
            },
          },
        }),
    ...(companion === null
      ? {}
      : {
          companion: {
            ...companion,
            step: (optimizer) => companion.step({ optimizer, augmentation }),
            async learnt(state) {
              await companion.learnt(state)
              lookAgain()
            },
          },
        }),
  }
}

interface Evaluation {
  readonly exam: Exam
  /** The part of it that is looked at after each epoch. */
  readonly watched: Exam
  readonly plan: ExperimentPlan
  readonly wall: Wall | null
}

async function runDefense(
  planned: PlannedDefense,
  index: number,
  view: DefenderView,
  { exam, watched, plan, wall }: Evaluation,
  clock: StageClock,
): Promise<DefenseSummary> {
  const { definition, params, preset, knowledge } = planned
  const folder = plan.defenses.length === 1 ? '' : `defense-${index + 1}/`
  const { network } = view.victim
  const target = plan.attack?.definition.singleTarget(plan.attack.params) ?? null
  const quiet = clock.contextIn(folder)
  const context: RunContext = {
    ...quiet,
    async observe(weights, moment) {
      const frame = (await wall?.look(weights, moment)) ?? null
      if (frame !== null) clock.showWall(frame)
      const isEpochEnd = moment.epoch === 0 || moment.step === moment.stepsPerEpoch
      if (isEpochEnd) reportScores(quiet, await measureScores(network, weights(), watched), moment.epoch)
    },
  }
  const result =
    knowledge === 'oracle' && definition.oracle !== undefined && target !== null
      ? await definition.oracle.repair(view, attackerKnowledge(network, exam, target), params, context)
      : await definition.repair(view, params, context)
  try {
    await context.files.saveTensors(
      'repaired.safetensors',
      `Weights after ${definition.title}`,
      result.weights,
      weightsMetadata(plan),
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
      findings: [...(result.findings ?? [])],
      after,
    }
  } finally {
    disposeTensors(result.weights)
  }
}

function attackerKnowledge(network: Network, exam: Exam, targetClass: number): AttackerKnowledge {
  return {
    targetClass,
    measureAttackSuccess: async (weights) => (await measureScores(network, weights, exam)).attackSuccessRate ?? 0,
    measureCleanAccuracy: async (weights) => (await measureScores(network, weights, exam)).cleanAccuracy,
  }
}

function warnIfNotTaken(context: RunContext, { attackSuccessRate }: Scores): void {
  if (attackSuccessRate === null || attackSuccessRate >= TAKEN_FROM) return
  context.note(
    'warning',
    `The attack did not take (attack success ${(100 * attackSuccessRate).toFixed(1)} %): defending this model proves nothing.`,
  )
}
