import { clipGradients, sgd } from '../../compute/optimizers.js'
import { compileStep, createStateStore } from '../../compute/step.js'
import { cloneTensors, prefixed, tensorOf, under, type TensorMap } from '../../compute/tensor-map.js'
import { imageTensor, labelTensor, shuffledBatches } from '../../data/batches.js'
import type { DefenderView } from '../../define.js'
import { predictClasses, shareEqual } from '../../evaluation/predict.js'
import type { RunContext } from '../../run-context.js'
import { tf } from '../../tf.js'
import { classifierState } from '../../training/classifier-step.js'
import { keepBest } from '../../training/keep-best.js'
import { createPace } from '../../training/pace.js'
import type { Masks } from '../prune-by-masks.js'
import type { RnpParams } from './params.js'
import { ascentStep, maskStep } from './steps.js'

const MOMENTUM = 0.9
/** L2 length that gradients of the ascent are cut to, which has no bound of its own. */
const CLIP_NORM = 20

export interface Unlearned {
  /** Owned by the caller. */
  readonly weights: TensorMap
  /** Share of the defender's clean images that are still answered right. */
  readonly accuracy: number
}

/** The victim without what clean images ask of it. The weights are no repair, so nobody watches them. */
export async function unlearnClean(
  view: DefenderView,
  { epochs, batchSize, learningRate, stopAt }: RnpParams['unlearning'],
  context: RunContext,
): Promise<Unlearned> {
  const { train, victim } = view
  const { network } = victim
  const optimizer = clipGradients(sgd({ momentum: MOMENTUM, weightDecay: 0.0005 }), CLIP_NORM)
  const measure = async (weights: TensorMap): Promise<number> =>
    shareEqual(await predictClasses(network, weights, train), train.labels)
  const { weights } = await keepBest(
    {
      state: classifierState(network, cloneTensors(victim.weights), optimizer),
      step: ascentStep(network, optimizer),
      epochs,
      images: train.count,
      batchSize,
      shuffle: view.random.stream('unlearn.shuffle'),
      inputs: (batch) => ({ images: imageTensor(train, batch), labels: labelTensor(train, batch) }),
      // A tenth after half of the epochs, as in the authors' code.
      learningRate: (progress) => (progress < 0.5 ? learningRate : learningRate / 10),
      // The last is the one that is wanted.
      judge: async (now, epoch) => ({ stop: epoch > 0 && (await measure(now)) <= stopAt, cost: 0 }),
      victim: victim.weights,
    },
    { ...context, observe: async () => {} },
  )
  return { weights, accuracy: await measure(weights) }
}

/** How much each channel helps to answer clean images again. */
export async function recoverMasks(
  view: DefenderView,
  unlearned: TensorMap,
  { epochs, batchSize, learningRate, alpha }: RnpParams['recovering'],
  context: RunContext,
): Promise<Masks> {
  const { train, victim } = view
  const { network } = victim
  const shuffle = view.random.stream('recover.shuffle')
  const masks = Object.fromEntries(network.normalizations.map(({ name, channels }) => [name, tf.ones([channels])]))
  const optimizer = sgd({ momentum: MOMENTUM, weightDecay: 0 })
  const store = createStateStore({
    ...prefixed('weights', cloneTensors(unlearned)),
    ...prefixed('masks', masks),
    ...prefixed('optimizer', optimizer.initialSlots(masks)),
  })
  try {
    const step = compileStep(maskStep(network, alpha, optimizer), store)
    const pace = createPace(context, { epochs, stepsPerEpoch: Math.ceil(train.count / batchSize) })
    for (let epoch = 0; epoch < epochs && !(epoch > 0 && context.isStopping()); epoch++) {
      for (const batch of shuffledBatches(train.count, batchSize, shuffle)) {
        const outputs = step({
          images: imageTensor(train, batch),
          labels: labelTensor(train, batch),
          learningRate: tf.scalar(learningRate),
        })
        await pace.step(batch.length, tensorOf(outputs, 'loss'))
      }
    }
    const recovered: Masks = {}
    for (const [name, mask] of Object.entries(under('masks', store.tensors))) recovered[name] = [...(await mask.data())]
    return recovered
  } finally {
    store.dispose()
  }
}
