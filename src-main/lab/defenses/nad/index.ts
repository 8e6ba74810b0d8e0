/**
 * NAD. Li, Lyu, Koren, Lyu, Li and Ma, "Neural Attention Distillation: Erasing Backdoor Triggers from Deep Neural
 * Networks", ICLR 2021 (arXiv 2101.05930). The victim is fine-tuned to become a teacher; then the victim itself, as the
 * student, learns to look where the teacher looks.
 */
import { createOptimizer } from '../../compute/optimizers.js'
import { cloneTensors, disposeTensors, prefixed, type TensorMap } from '../../compute/tensor-map.js'
import { defineDefense, type DefenderView } from '../../define.js'
import type { Network } from '../../nn/network.js'
import type { RunContext } from '../../run-context.js'
import { classifierState } from '../../training/classifier-step.js'
import { keepBest, type Judge, type KeptWeights } from '../../training/keep-best.js'
import { accuracyJudge } from '../fine-tuning/accuracy-judge.js'
import { defenderAugmentation, fineTune, passesOver } from '../fine-tuning/fine-tune.js'
import { distillationStep, type AttendedFeature } from './distillation-step.js'
import { ATTENDED, backdoorbenchParams, NadParams, officialParams } from './params.js'

export const nad = defineDefense({
  id: 'nad',
  family: 'distillation',
  title: 'NAD',
  summary: 'Fine-tunes the victim into a teacher, then lets the victim learn to look where the teacher looks.',
  paper: {
    title: 'Neural Attention Distillation: Erasing Backdoor Triggers from Deep Neural Networks',
    authors: 'Li, Lyu, Koren, Lyu, Li, Ma',
    year: 2021,
    url: 'https://arxiv.org/abs/2101.05930',
  },
  params: NadParams,
  presets: [
    {
      id: 'nad-official',
      title: 'NAD, official code',
      differs:
        "The authors' settings: learning rate 0.1 for two epochs, then 0.01, augmented as for CIFAR-10 (flips, too); the " +
        'last epoch is kept.',
      oracle: false,
      params: officialParams,
    },
    {
      id: 'backdoorbench',
      title: 'BackdoorBench',
      differs:
        'Its settings, ten epochs each for teacher and student at a constant 0.01 in batches of 256, on three maps ' +
        'instead of two and the averaged vector.',
      oracle: false,
      params: backdoorbenchParams,
    },
  ],
  stages: [
    { kind: 'fine-tune', title: 'Fine-tune the teacher' },
    { kind: 'distill', title: 'Distil the student' },
  ],

  check: () => [],

  async repair(view, params, context) {
    context.enterStage('fine-tune')
    const judge = await accuracyJudge(view, params.selection.accuracyFloor, context)
    const teacher = await trainTeacher(view, params, judge, context)
    try {
      const learningRate = params.training.learningRate * teacher.rateFactor
      if (teacher.keptEpoch === 0) {
        return {
          outcome: 'not-improved',
          weights: cloneTensors(view.victim.weights),
          detection: null,
          keptEpoch: 0,
          findings: [`No teacher kept the accuracy, down to a learning rate of ${learningRate}.`],
        }
      }
      context.enterStage('distill')
      const options = { ...params.training, learningRate }
      const { weights, keptEpoch } = await distill(
        view,
        teacher.weights,
        { ...params, training: options },
        judge,
        context,
      )
      return {
        outcome: keptEpoch === 0 ? 'not-improved' : 'repaired',
        weights,
        detection: null,
        keptEpoch,
        findings: [
          `The teacher is the victim after epoch ${teacher.keptEpoch} of fine-tuning, learning rate ${learningRate}.`,
        ],
      }
    } finally {
      disposeTensors(teacher.weights)
    }
  },
})

/** Those who watch see the student alone. */
function trainTeacher(
  view: DefenderView,
  { teacherEpochs, training, selection }: NadParams,
  judge: Judge,
  context: RunContext,
): Promise<KeptWeights> {
  const job = {
    start: view.victim.weights,
    options: { ...training, epochs: teacherEpochs },
    slowDowns: selection.slowDowns,
    judge,
    random: view.random.within('teacher'),
  }
  return fineTune(view, job, { ...context, observe: async () => {} })
}

/** A learning rate that the teacher did not bear is none for the student. */
function distill(
  view: DefenderView,
  teacher: TensorMap,
  { betas, training, selection }: NadParams,
  judge: Judge,
  context: RunContext,
): Promise<KeptWeights> {
  const { network, weights: victim } = view.victim
  const random = view.random.within('student')
  const optimizer = createOptimizer(training)
  const augmentation = defenderAugmentation(view, training, random)
  const attended = attendedFeatures(network, [betas.first, betas.second, betas.third])
  return keepBest(
    {
      ...passesOver(view, training, augmentation, random),
      state: {
        ...classifierState(network, cloneTensors(victim), optimizer),
        ...prefixed('teacher', cloneTensors(teacher)),
      },
      step: distillationStep(network, attended, optimizer, augmentation),
      judge,
      slowDowns: selection.slowDowns,
    },
    context,
  )
}

/** The last maps of the network that have a weight. */
function attendedFeatures(network: Network, betas: readonly number[]): AttendedFeature[] {
  const maps = network.features.filter(({ kind }) => kind === 'map').slice(-ATTENDED)
  return maps
    .map(({ name }, index) => ({ feature: name, beta: betas[index + ATTENDED - maps.length]! }))
    .filter(({ beta }) => beta > 0)
}
