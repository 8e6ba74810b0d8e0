/**
 * I-BAU. Zeng, Chen, Park, Mao, Jin and Jia, "Adversarial Unlearning of Backdoors via Implicit Hypergradient", ICLR 2022
 * (arXiv 2110.03735). A minimax game: the inner side looks for one perturbation that turns all images away from their
 * class, the outer side unlearns it, with a gradient that knows how the perturbation will follow.
 */
import { createOptimizer } from '../../compute/optimizers.js'
import { compileProgram } from '../../compute/step.js'
import { cloneTensors, disposeTensors, prefixed, tensorOf, under, type TensorMap } from '../../compute/tensor-map.js'
import { imageTensor, labelTensor, shuffledBatches } from '../../data/batches.js'
import { defineDefense, type DefenderView } from '../../define.js'
import type { Rng } from '../../random/rng.js'
import type { RunContext } from '../../run-context.js'
import { tf, type Tensor } from '../../tf.js'
import { classifierState } from '../../training/classifier-step.js'
import { keepBest, type Judge, type KeptWeights } from '../../training/keep-best.js'
import { throwIfCancelled } from '../../training/pace.js'
import { accuracyJudge } from '../fine-tuning/accuracy-judge.js'
import { backdoorbenchParams, backdoorToolboxParams, IBauParams, officialParams } from './params.js'
import { hypergradientStep, perturbationStep } from './unlearning-step.js'

export const iBau = defineDefense({
  id: 'i-bau',
  family: 'unlearning',
  title: 'I-BAU',
  summary: 'Unlearns universal perturbations in a minimax game, along an implicit hypergradient.',
  paper: {
    title: 'Adversarial Unlearning of Backdoors via Implicit Hypergradient',
    authors: 'Zeng, Chen, Park, Mao, Jin, Jia',
    year: 2022,
    url: 'https://arxiv.org/abs/2110.03735',
  },
  params: IBauParams,
  presets: [
    {
      id: 'i-bau-official',
      title: 'I-BAU, official code',
      differs:
        "The authors' settings: five rounds of Adam 0.001 in batches of 100; the last round is kept. Second-order products " +
        'are differences of gradients instead of gradients of gradients.',
      oracle: false,
      params: officialParams,
    },
    {
      id: 'backdoorbench',
      title: 'BackdoorBench',
      differs: 'Its settings: Adam 0.0001 in batches of 256, without its AMSGrad; the last round is kept.',
      oracle: false,
      params: backdoorbenchParams,
    },
    {
      id: 'backdoor-toolbox',
      title: 'backdoor-toolbox',
      differs: "The authors' settings with three rounds instead of five; the last round is kept.",
      oracle: false,
      params: backdoorToolboxParams,
    },
  ],
  stages: [{ kind: 'unlearn', title: 'Unlearn perturbations' }],

  check: () => [],

  async repair(view, params, context) {
    context.enterStage('unlearn')
    const judge = await accuracyJudge(view, params.selection.accuracyFloor, context)
    const { weights, keptEpoch } = await unlearn(view, params, judge, context)
    return { outcome: keptEpoch === 0 ? 'not-improved' : 'repaired', weights, detection: null, keptEpoch }
  },
})

async function unlearn(
  view: DefenderView,
  params: IBauParams,
  judge: Judge,
  context: RunContext,
): Promise<KeptWeights> {
  const { victim, train } = view
  const { network } = victim
  const { rounds, batchSize, unlearning, selection } = params
  const random = view.random.within('unlearn')
  const carriers = random.stream('carriers')
  const perturbationOrder = random.stream('perturbation')
  const optimizer = createOptimizer({ optimizer: 'adam', momentum: 0.9, weightDecay: 0 })
  const problem = { network, penalty: params.perturbation.penalty }
  const perturbing = compileProgram(perturbationStep(problem))
  const { height, width, channels } = view.data.shape

  /** One pass over the images, from no perturbation at all. */
  const findPerturbation = async (state: TensorMap): Promise<Tensor> => {
    const weights = prefixed('weights', under('weights', state))
    let perturbation: Tensor = tf.zeros([1, height, width, channels])
    for (const batch of shuffledBatches(train.count, batchSize, perturbationOrder)) {
      const inputs = { images: imageTensor(train, batch), learningRate: tf.scalar(params.perturbation.learningRate) }
      const { state: moved, outputs } = perturbing.run({ ...weights, perturbation }, inputs)
      disposeTensors({ ...inputs, ...outputs, perturbation })
      perturbation = tensorOf(moved, 'perturbation')
      await context.breathe()
      if (context.signal.aborted) perturbation.dispose()
      throwIfCancelled(context.signal)
    }
    return perturbation
  }

  // The order of its images is drawn anew in each round; curvature is taken on these in all of them.
  const first = shuffledBatches(train.count, batchSize, random.stream('first'))[0]!
  try {
    return await keepBest(
      {
        state: {
          ...classifierState(network, cloneTensors(victim.weights), optimizer),
          perturbation: tf.zeros([1, height, width, channels]),
        },
        step: hypergradientStep({ ...problem, ...unlearning }, optimizer),
        epochs: rounds,
        images: train.count,
        batchSize,
        shuffle: random.stream('shuffle'),
        beforeEpoch: async (state) => ({ perturbation: await findPerturbation(state) }),
        inputs: (batch) => ({
          images: imageTensor(train, batch),
          labels: labelTensor(train, batch),
          carries: drawCarriers(batch.length, unlearning.carryingShare, carriers),
          firstImages: imageTensor(train, first),
        }),
        learningRate: () => unlearning.learningRate,
        judge,
        slowDowns: selection.slowDowns,
        victim: victim.weights,
      },
      context,
    )
  } finally {
    perturbing.dispose()
  }
}

/** 1 for a share of so many images, at least one, 0 for the others. */
function drawCarriers(count: number, share: number, rng: Rng): Tensor {
  const carries = new Float32Array(count)
  for (const index of rng.sample(count, Math.max(1, Math.floor(share * count)))) carries[index] = 1
  return tf.tensor1d(carries)
}
