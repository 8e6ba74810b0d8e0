/**
 * ABL. Li, Lyu, Koren, Lyu, Li and Ma, "Anti-Backdoor Learning: Training Clean Models on Poisoned Data", NeurIPS 2021
 * (arXiv 2110.11571). For whoever has the training set and cannot trust it: a model is trained anew under a loss that does
 * not let images be learned too fast, which only poisoned ones are; those that are learned best all the same are isolated,
 * and unlearned in the end.
 */
import { createOptimizer } from '../../compute/optimizers.js'
import { cloneTensors, disposeTensors, type TensorMap } from '../../compute/tensor-map.js'
import { imageTensor, labelTensor } from '../../data/batches.js'
import { selectImages, type ImageSet } from '../../data/image-set.js'
import { defineDefense, suspectsOf, type DefenderView } from '../../define.js'
import { crossEntropies } from '../../evaluation/predict.js'
import { initialWeights } from '../../nn/network.js'
import type { RunContext } from '../../run-context.js'
import { stageParts } from '../../stage-parts.js'
import { tf } from '../../tf.js'
import { classifierState, classifierStep } from '../../training/classifier-step.js'
import { keepBest, type KeptWeights, type RepairJob } from '../../training/keep-best.js'
import { accuracyJudge } from '../fine-tuning/accuracy-judge.js'
import { defenderAugmentation, passesOver } from '../fine-tuning/fine-tune.js'
import { AblParams, officialParams } from './params.js'
import { globalAscentStep, isolationStep } from './steps.js'

export const abl = defineDefense({
  id: 'abl',
  family: 'training',
  title: 'ABL',
  summary: 'Trains anew on the suspicious training set, isolates what is learned too fast, and unlearns it.',
  paper: {
    title: 'Anti-Backdoor Learning: Training Clean Models on Poisoned Data',
    authors: 'Li, Lyu, Koren, Lyu, Li, Ma',
    year: 2021,
    url: 'https://arxiv.org/abs/2110.11571',
  },
  params: AblParams,
  presets: [
    {
      id: 'abl-official',
      title: 'ABL, official code',
      differs:
        "The authors' settings: flooding, sixty epochs of training, and five of unlearning the isolated images alone; the " +
        'last is kept. Images are isolated by the lowest loss, as in the paper, and the second drop of the learning rate, in ' +
        'the last epoch, is left out.',
      oracle: false,
      params: officialParams,
    },
  ],
  needs: 'training-set',
  stages: [
    { kind: 'fine-tune', title: 'Isolate images and train anew' },
    { kind: 'unlearn', title: 'Unlearn isolated images' },
  ],

  check: () => [],

  work({ isolation, training, unlearning }, { suspectImages }) {
    const steps = (images: number): number => Math.ceil(images / training.batchSize)
    const isolated = Math.max(1, Math.round(isolation.share * suspectImages))
    return [
      {
        loops: 2,
        epochs: isolation.epochs + training.epochs,
        steps: isolation.epochs * steps(suspectImages) + training.epochs * steps(suspectImages - isolated),
      },
      { loops: 1, epochs: unlearning.epochs, steps: unlearning.epochs * steps(isolated) },
    ]
  },

  async repair(view, params, context) {
    context.enterStage('fine-tune')
    const suspects = suspectsOf(view)
    const parts = stageParts(context, [params.isolation.epochs, params.training.epochs])
    const biased = await trainTrapped(view, suspects, params, parts.next())
    let isolated: readonly number[]
    let others: readonly number[]
    let trained: TensorMap
    try {
      const losses = await crossEntropies(view.victim.network, biased, suspects)
      const order = lowestFirst(losses)
      const count = Math.max(1, Math.round(params.isolation.share * suspects.count))
      isolated = order.slice(0, count)
      others = order.slice(count)
      await context.files.saveJson('isolated.json', 'Isolated training images', {
        positions: isolated,
        losses: isolated.map((index) => losses[index]),
      })
      trained = await trainOn(view, selectImages(suspects, others), biased, params, parts.next())
    } finally {
      disposeTensors(biased)
    }
    try {
      context.enterStage('unlearn')
      const sets = { isolated: selectImages(suspects, isolated), others: selectImages(suspects, others) }
      const { weights, keptEpoch } = await unlearn(view, sets, trained, params, context)
      const labels = [...new Set(sets.isolated.labels)].map((label) => view.data.classNames[label]).toSorted()
      return {
        outcome: 'repaired',
        weights,
        detection: null,
        keptEpoch,
        findings: [
          `${isolated.length} of ${suspects.count} training images were isolated; their labels: ${labels.join(', ')}.`,
          'The model was trained anew: it does not go back to the weights that it was asked to repair.',
        ],
      }
    } finally {
      disposeTensors(trained)
    }
  },
})

/** Positions by their loss; of equals the first. */
function lowestFirst(losses: ArrayLike<number>): number[] {
  return Array.from({ length: losses.length }, (_, index) => index).toSorted((a, b) => losses[a]! - losses[b]!)
}

/** The last epoch is what is wanted of training, and nobody watches a model that is in the making. */
function toTheEnd(job: Omit<RepairJob, 'judge'>, context: RunContext): Promise<KeptWeights> {
  const judge: RepairJob['judge'] = async () => ({ stop: false, cost: 0 })
  return keepBest({ ...job, judge }, { ...context, observe: async () => {} })
}

/** From fresh weights, under the loss that isolates. */
async function trainTrapped(
  view: DefenderView,
  suspects: ImageSet,
  { isolation, training }: AblParams,
  context: RunContext,
): Promise<TensorMap> {
  const { network } = view.victim
  const random = view.random.within('isolate')
  const options = { ...training, epochs: isolation.epochs, schedule: 'constant' } as const
  const optimizer = createOptimizer(options)
  const augmentation = defenderAugmentation(view, options, random)
  const loss = { kind: isolation.loss, gamma: isolation.gamma }
  const job = {
    ...passesOver({ ...view, train: suspects }, options, augmentation, random),
    state: classifierState(network, initialWeights(network, random.stream('weights')), optimizer),
    step: isolationStep(network, loss, optimizer, augmentation),
  }
  return (await toTheEnd(job, context)).weights
}

async function trainOn(
  view: DefenderView,
  others: ImageSet,
  start: TensorMap,
  { training }: AblParams,
  context: RunContext,
): Promise<TensorMap> {
  const { network } = view.victim
  const random = view.random.within('train')
  const optimizer = createOptimizer(training)
  const augmentation = defenderAugmentation(view, training, random)
  const job = {
    ...passesOver({ ...view, train: others }, training, augmentation, random),
    state: classifierState(network, cloneTensors(start), optimizer),
    step: classifierStep(network, optimizer, { augmentation }),
  }
  return (await toTheEnd(job, context)).weights
}

/** Each batch of isolated images goes with as many others, unless those have no weight. */
async function unlearn(
  view: DefenderView,
  { isolated, others }: { isolated: ImageSet; others: ImageSet },
  start: TensorMap,
  { training, unlearning, selection }: AblParams,
  context: RunContext,
): Promise<KeptWeights> {
  const { network, weights: victim } = view.victim
  const random = view.random.within('unlearn')
  const companions = random.stream('companions')
  const optimizer = createOptimizer(training)
  return keepBest(
    {
      state: classifierState(network, cloneTensors(start), optimizer),
      step: globalAscentStep(network, optimizer),
      epochs: unlearning.epochs,
      images: isolated.count,
      batchSize: training.batchSize,
      shuffle: random.stream('shuffle'),
      inputs(batch) {
        const { length } = batch
        const companion = companions.sample(others.count, unlearning.cleanWeight === 0 ? 0 : length)
        const factors = [...batch].map(() => -1 / length)
        return tf.tidy(() => ({
          images: tf.concat([imageTensor(isolated, batch), imageTensor(others, companion)], 0),
          labels: tf.concat([labelTensor(isolated, batch), labelTensor(others, companion)], 0),
          factors: tf.tensor1d([...factors, ...[...companion].map(() => unlearning.cleanWeight / length)]),
        }))
      },
      learningRate: () => unlearning.learningRate,
      // The model that was trained anew is what the accuracy is held against.
      judge: await accuracyJudge({ ...view, victim: { network, weights: start } }, selection.accuracyFloor, context),
      victim,
    },
    context,
  )
}
