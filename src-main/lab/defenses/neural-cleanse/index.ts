/**
 * Neural Cleanse. Wang, Yao, Shan, Li, Viswanath, Zheng and Zhao, "Neural Cleanse: Identifying and Mitigating Backdoor
 * Attacks in Neural Networks", IEEE S&P 2019. For every class the smallest mask is sought that turns all images to it; a
 * class that needs a much smaller one than the others was backdoored. The model is then trained on with that trigger under
 * true labels.
 */
import { z } from 'zod'
import type { Detection } from '../../../../src-shared/model/run-record.js'
import { deviationsBelow } from '../../../../src-shared/util/anomaly.js'
import { createOptimizer } from '../../compute/optimizers.js'
import { compileProgram } from '../../compute/step.js'
import { cloneTensors } from '../../compute/tensor-map.js'
import { defineDefense, type DefenderView } from '../../define.js'
import { accuracyLoss } from '../../evaluation/accuracy-loss.js'
import { predictClasses } from '../../evaluation/predict.js'
import type { RunContext } from '../../run-context.js'
import { stageParts } from '../../stage-parts.js'
import { classifierState, classifierStep } from '../../training/classifier-step.js'
import { keepBest, type KeptWeights } from '../../training/keep-best.js'
import { defenderAugmentation, passesOver } from '../fine-tuning/fine-tune.js'
import { backdoorbenchTraining, descentParams, keepLast, SelectionParams } from '../fine-tuning/params.js'
import { pictureOfReversed, reverseOptimizer, reverseTrigger, stampedOthers, type ReversedTrigger } from './reverse.js'
import { reverseStep } from './reverse-step.js'
import { stampAugmentation } from './stamp-augmentation.js'

const ReverseParams = z.strictObject({
  passes: z.int().min(1).max(10_000).default(40).meta({
    title: 'Passes',
    description: 'Over the images, for each class, at most.',
  }),
  batchSize: z.int().min(1).max(4096).default(32).meta({ title: 'Batch size', unit: 'images' }),
  learningRate: z.number().gt(0).max(10).default(0.1).meta({ title: 'Learning rate', description: 'Of Adam.' }),
  success: z.number().gt(0).max(1).default(0.98).meta({
    title: 'Success',
    description: 'Share of the images that a mask has to turn before it counts.',
  }),
  patience: z.int().min(1).max(1000).default(5).meta({
    title: 'Patience',
    unit: 'passes',
    description: 'So many in a row that succeed make size dearer, so many that do not make it cheaper.',
  }),
  factor: z.number().gt(1).max(100).default(2).meta({
    title: 'Factor',
    description: 'By which the price of size goes up; it comes down by this to the power of 1.5.',
  }),
  earlyPatience: z.int().min(1).max(10_000).default(25).meta({
    title: 'Early patience',
    unit: 'passes',
    description: 'Without a smaller mask, after which a class is done with.',
  }),
})

const NeuralCleanseParams = z.strictObject({
  reversal: ReverseParams.prefault({}).meta({ title: 'Reversal' }),
  anomaly: z.number().gt(0).max(100).default(2).meta({
    title: 'Anomaly index',
    unit: 'deviations',
    description: 'So far below the median a mask has to be for its class to be taken for the target.',
  }),
  triggeredShare: z.number().gt(0).lt(1).default(0.2).meta({
    title: 'Triggered share',
    description: 'Of the images that the model is trained on with, under their true labels.',
  }),
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
type NeuralCleanseParams = z.output<typeof NeuralCleanseParams>

export const neuralCleanse = defineDefense({
  id: 'neural-cleanse',
  family: 'trigger recovery',
  title: 'Neural Cleanse',
  summary: 'Seeks the smallest mask that turns images to each class; one that stands out is unlearnt.',
  paper: {
    title: 'Neural Cleanse: Identifying and Mitigating Backdoor Attacks in Neural Networks',
    authors: 'Wang, Yao, Shan, Li, Viswanath, Zheng, Zhao',
    year: 2019,
    url: 'https://doi.org/10.1109/SP.2019.00031',
  },
  params: NeuralCleanseParams,
  presets: [
    {
      id: 'backdoorbench',
      title: 'BackdoorBench',
      differs:
        'Eighty passes for each class, then hundred epochs of SGD 0.01 in batches of 256; the last epoch is kept. There ' +
        'masks start from one value, here from random ones.',
      oracle: false,
      params: {
        reversal: { passes: 80, batchSize: 256 },
        training: { ...backdoorbenchTraining, epochs: 100 },
        selection: keepLast,
      },
    },
  ],
  stages: [
    { kind: 'recover', title: 'Reverse triggers' },
    { kind: 'fine-tune', title: 'Train on with the trigger' },
  ],

  check: () => [],

  work({ reversal, training }, { trainImages, classes }) {
    const others = Math.round(trainImages * (1 - 1 / classes))
    const steps = Math.max(1, Math.floor(others / Math.min(reversal.batchSize, others)))
    return [
      { loops: classes, epochs: classes * reversal.passes, steps: classes * reversal.passes * steps },
      { loops: 1, epochs: training.epochs, steps: training.epochs * Math.ceil(trainImages / training.batchSize) },
    ]
  },

  async repair(view, params, context) {
    context.enterStage('recover')
    const { detection, reversed } = await judgeClasses(view, params, context)
    await context.files.saveJson('detection.json', 'Smallest mask of each class', detection)
    const { target } = detection
    const findings = [describeNorms(detection)]
    if (target === null) {
      const weights = cloneTensors(view.victim.weights)
      return { outcome: 'no-backdoor-found', weights, detection, keptEpoch: null, findings }
    }
    context.enterStage('fine-tune')
    const { baseRate } = detection.classes[target]!
    const { weights, keptEpoch } = await unlearn(view, target, reversed[target]!, baseRate, params, context)
    return { outcome: keptEpoch === 0 ? 'not-improved' : 'repaired', weights, detection, keptEpoch, findings }
  },
})

/** Reverses a trigger for every class, and takes the class whose mask stands out most, if it does so far enough. */
async function judgeClasses(
  view: DefenderView,
  { reversal, anomaly }: NeuralCleanseParams,
  context: RunContext,
): Promise<{ detection: Detection; reversed: readonly ReversedTrigger[] }> {
  const { network, weights } = view.victim
  const { classNames } = view.data
  const answers = await predictClasses(network, weights, view.validation)
  const parts = stageParts(
    context,
    classNames.map(() => 1),
  )
  const program = compileProgram(reverseStep(view.victim, reverseOptimizer))
  const reversed: ReversedTrigger[] = []
  const classes: Detection['classes'] = []
  try {
    for (const [targetClass, name] of classNames.entries()) {
      const rng = view.random.stream(`reverse.${targetClass}`)
      const found = await reverseTrigger(program, view, targetClass, reversal, rng, parts.next())
      reversed.push(found)
      const others = view.validation.labels.map((label) => (label === targetClass ? 0 : 1))
      const wrong = answers.filter((answer, index) => others[index] === 1 && answer === targetClass).length
      classes.push({
        class: targetClass,
        name,
        recoveredSuccess: await successOf(view, weights, targetClass, found),
        baseRate: wrong / Math.max(1, others.filter((is) => is === 1).length),
      })
      const number = String(targetClass).padStart(3, '0')
      const title = `Smallest trigger for class ${name}`
      await context.files.saveImage(`reversed/class-${number}.png`, title, pictureOfReversed(found))
    }
  } finally {
    program.dispose()
  }
  const maskNorms = reversed.map(({ norm }) => norm)
  const indices = deviationsBelow(maskNorms)
  const best = indices.reduce((highest, index, at) => (index > indices[highest]! ? at : highest), 0)
  const target = (indices[best] ?? 0) > anomaly ? best : null
  return { detection: { threshold: anomaly, classes, target, maskNorms }, reversed }
}

/** Share (0..1) of the validation images of other classes that the trigger turns to the class. */
async function successOf(
  { victim, validation }: DefenderView,
  weights: DefenderView['victim']['weights'],
  targetClass: number,
  reversed: ReversedTrigger,
): Promise<number> {
  const answers = await predictClasses(victim.network, weights, stampedOthers(validation, targetClass, reversed))
  return answers.filter((answer) => answer === targetClass).length / Math.max(1, answers.length)
}

/** Trains on with the trigger under true labels, and keeps the epoch at which a defender measures least damage. */
async function unlearn(
  view: DefenderView,
  target: number,
  reversed: ReversedTrigger,
  baseRate: number,
  { triggeredShare, training, selection }: NeuralCleanseParams,
  context: RunContext,
): Promise<KeptWeights> {
  const { network, weights: victim } = view.victim
  const random = view.random.within('unlearn')
  const optimizer = createOptimizer(training)
  const varied = defenderAugmentation(view, training, random)
  const augmentation = stampAugmentation(varied, reversed, triggeredShare, random.stream('carries'))
  const compare = await accuracyLoss(view)
  return keepBest(
    {
      ...passesOver(view, training, augmentation, random),
      state: classifierState(network, cloneTensors(victim), optimizer),
      step: classifierStep(network, optimizer, { augmentation }),
      slowDowns: selection.slowDowns,
      async judge(weights, epoch) {
        const recoveredSuccess = await successOf(view, weights, target, reversed)
        const { accuracy, lost, surelyLost } = await compare(weights)
        context.metrics({ epoch, origin: 'defender', values: { recoveredSuccess, validationAccuracy: accuracy } })
        // Weights below the floor lose to all that keep it but those with the backdoor.
        const cost = Math.max(0, recoveredSuccess - baseRate) + lost
        return { stop: false, cost: surelyLost > selection.accuracyFloor ? 0.5 + cost : cost }
      },
    },
    context,
  )
}

function describeNorms({ classes, maskNorms = [], target }: Detection): string {
  const indices = deviationsBelow(maskNorms)
  const smallest = maskNorms.reduce((best, norm, at) => (norm < maskNorms[best]! ? at : best), 0)
  const others = maskNorms.filter((_, at) => at !== smallest).toSorted((a, b) => a - b)
  return (
    `The smallest mask is that of class ${classes[smallest]?.name ?? '?'}: ${maskNorms[smallest]?.toFixed(1)} pixels, ` +
    `anomaly index ${indices[smallest]?.toFixed(1)}${target === null ? ', which is not enough' : ''}; ` +
    `the others need ${others[0]?.toFixed(1)} to ${others.at(-1)?.toFixed(1)}.`
  )
}
