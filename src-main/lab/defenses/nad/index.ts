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
import { keepBest, type KeptWeights } from '../../training/keep-best.js'
import { accuracyJudge } from '../fine-tuning/accuracy-judge.js'
import { defenderAugmentation, fineTune, passesOver } from '../fine-tuning/fine-tune.js'
import type { DescentOptions } from '../fine-tuning/params.js'
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
    const { teacher, keptEpoch: teacherEpoch, learningRate } = await trainTeacher(view, params, context)
    try {
      if (teacherEpoch === 0) {
        return {
          outcome: 'not-improved',
          weights: cloneTensors(view.victim.weights),
          detection: null,
          keptEpoch: 0,
          findings: [`No teacher kept the accuracy, down to a learning rate of ${learningRate}.`],
        }
      }
      context.enterStage('distill')
      const kept = await distill(view, teacher, { ...params, learningRate }, context)
      return {
        outcome: kept.keptEpoch === 0 ? 'not-improved' : 'repaired',
        ...kept,
        detection: null,
        findings: [`Taught by the victim after ${teacherEpoch} epochs of fine-tuning, learning rate ${learningRate}.`],
      }
    } finally {
      disposeTensors(teacher)
    }
  },
})

interface Teacher {
  /** Owned by the caller. */
  readonly teacher: TensorMap
  /** 0: the victim, because no epoch kept the accuracy. */
  readonly keptEpoch: number
  /** At which it was trained. */
  readonly learningRate: number
}

/** A learning rate that suits one network destroys another, so it goes down until the teacher keeps its accuracy. */
async function trainTeacher(
  view: DefenderView,
  { teacherEpochs, training, selection, slowDowns }: NadParams,
  context: RunContext,
): Promise<Teacher> {
  const unseen: RunContext = { ...context, observe: async () => {} }
  const judge = await accuracyJudge(view, selection.accuracyFloor, context)
  const attempt = async (slowed: number): Promise<Teacher> => {
    const learningRate = training.learningRate / 10 ** slowed
    const { weights, keptEpoch } = await fineTune(
      view,
      {
        start: view.victim.weights,
        options: { ...training, epochs: teacherEpochs, learningRate },
        judge,
        random: view.random.within(`teacher.${slowed}`),
      },
      unseen,
    )
    if (keptEpoch > 0 || slowed === slowDowns || context.isStopping())
      return { teacher: weights, keptEpoch, learningRate }
    context.note('info', `At learning rate ${learningRate} the teacher loses too much accuracy: trying a tenth of it.`)
    disposeTensors(weights)
    return attempt(slowed + 1)
  }
  return attempt(0)
}

async function distill(
  view: DefenderView,
  teacher: TensorMap,
  { betas, training, selection, learningRate }: NadParams & { readonly learningRate: number },
  context: RunContext,
): Promise<KeptWeights> {
  const { network, weights: victim } = view.victim
  const options: DescentOptions = { ...training, learningRate }
  const random = view.random.within('student')
  const optimizer = createOptimizer(options)
  const augmentation = defenderAugmentation(view, options, random)
  const attended = attendedFeatures(network, [betas.first, betas.second, betas.third])
  const judge = await accuracyJudge(view, selection.accuracyFloor, context)
  return keepBest(
    {
      ...passesOver(view, options, augmentation, random),
      state: {
        ...classifierState(network, cloneTensors(victim), optimizer),
        ...prefixed('teacher', cloneTensors(teacher)),
      },
      step: distillationStep(network, attended, optimizer, augmentation),
      judge,
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
