/**
 * FT-SAM. Zhu, Wei, Shen, Fan and Wu, "Enhancing Fine-Tuning Based Backdoor Defense with Sharpness-Aware Minimization", ICCV
 * 2023 (arXiv 2304.11823). Weights of neurons that carry a backdoor are large. Fine-tuning hardly moves them;
 * sharpness-aware minimisation, which moves each weight in proportion to its size, does.
 */
import { z } from 'zod'
import { createOptimizer } from '../../compute/optimizers.js'
import { cloneTensors } from '../../compute/tensor-map.js'
import { defineDefense } from '../../define.js'
import { classifierState } from '../../training/classifier-step.js'
import { keepBest } from '../../training/keep-best.js'
import { accuracyJudge } from '../fine-tuning/accuracy-judge.js'
import { defenderAugmentation, passesOver } from '../fine-tuning/fine-tune.js'
import { backdoorbenchTraining, descentParams, keepLast, SelectionParams } from '../fine-tuning/params.js'
import { samStep } from './sam-step.js'

const SharpnessParams = z.strictObject({
  radius: z.number().gt(0).max(100).default(2).meta({
    title: 'Radius',
    description: 'rho: how far weights are moved up the loss before the gradient is taken. As published 2 to 8.',
  }),
  isAdaptive: z.boolean().default(true).meta({
    title: 'Adaptive',
    description: 'Moves each weight in proportion to its size. Without it the radius has to be much smaller.',
  }),
  labelSmoothing: z.number().min(0).lt(1).default(0.1).meta({
    title: 'Label smoothing',
    description: 'Share of each label that is spread over all classes.',
  }),
})

const FtSamParams = z.strictObject({
  sharpness: SharpnessParams.prefault({}).meta({ title: 'Sharpness' }),
  training: descentParams({
    epochs: 20,
    batchSize: 32,
    optimizer: 'sgd',
    learningRate: 0.05,
    weightDecay: 0.0005,
  })
    .prefault({})
    .meta({ title: 'Training' }),
  selection: SelectionParams.prefault({}).meta({ title: 'Choices' }),
})

export const ftSam = defineDefense({
  id: 'ft-sam',
  family: 'training',
  title: 'FT-SAM',
  summary: 'Fine-tunes with sharpness-aware minimisation, which moves the large weights of backdoor neurons.',
  paper: {
    title: 'Enhancing Fine-Tuning Based Backdoor Defense with Sharpness-Aware Minimization',
    authors: 'Zhu, Wei, Shen, Fan, Wu',
    year: 2023,
    url: 'https://arxiv.org/abs/2304.11823',
  },
  params: FtSamParams,
  presets: [
    {
      id: 'backdoorbench',
      title: 'BackdoorBench',
      differs:
        'Radius 2, hundred epochs of SGD 0.01 in batches of 256, the last epoch is kept. There the learning rate goes up ' +
        'and down every 200 steps and images are drawn evenly from all classes; here one cosine over those there are.',
      oracle: false,
      params: { training: { ...backdoorbenchTraining, epochs: 100 }, selection: keepLast },
    },
  ],
  stages: [{ kind: 'fine-tune', title: 'Fine-tune' }],

  check: () => [],

  async repair(view, { sharpness, training, selection }, context) {
    context.enterStage('fine-tune')
    const { network, weights: victim } = view.victim
    const random = view.random.within('fine-tune')
    const optimizer = createOptimizer(training)
    const augmentation = defenderAugmentation(view, training, random)
    const { weights, keptEpoch } = await keepBest(
      {
        ...passesOver(view, training, augmentation, random),
        state: classifierState(network, cloneTensors(victim), optimizer),
        step: samStep(network, optimizer, { ...sharpness, augmentation }),
        judge: await accuracyJudge(view, selection.accuracyFloor, context),
        slowDowns: selection.slowDowns,
      },
      context,
    )
    return { outcome: keptEpoch === 0 ? 'not-improved' : 'repaired', weights, detection: null, keptEpoch }
  },
})
