import { sgd } from '../../compute/optimizers.js'
import { compileStep, createStateStore } from '../../compute/step.js'
import { prefixed, tensorOf, under, type TensorMap } from '../../compute/tensor-map.js'
import { imageTensor, labelTensor } from '../../data/batches.js'
import type { DefenderView } from '../../define.js'
import type { NormalizationSpec } from '../../nn/layers.js'
import type { Rng } from '../../random/rng.js'
import type { RunContext } from '../../run-context.js'
import { tf } from '../../tf.js'
import { createPace } from '../../training/pace.js'
import { Masks } from '../prune-by-masks.js'
import { maskStep, type MaskOptions } from './mask-step.js'

export interface LearningOptions extends MaskOptions {
  readonly steps: number
  readonly batchSize: number
  readonly learningRate: number
  readonly momentum: number
}

/** Learns a mask for every channel from the defender's images, which are drawn with replacement. */
export async function learnMasks(
  { victim, train, random }: DefenderView,
  options: LearningOptions,
  context: RunContext,
): Promise<Masks> {
  const work = await context.checkpoints.begin('learning masks')
  if (work.reached !== null) return Masks.parse(work.reached.data)
  const { normalizations } = victim.network
  const { steps, batchSize, learningRate, momentum, epsilon } = options
  const optimizer = sgd({ momentum, weightDecay: 0 })
  const masks = Object.fromEntries(normalizations.map(({ name, channels }) => [name, tf.ones([channels])]))
  const store = createStateStore({
    ...prefixed('masks', masks),
    ...prefixed('optimizer', optimizer.initialSlots(masks)),
  })
  try {
    const step = compileStep(maskStep(victim, optimizer, options), store)
    const images = random.stream('masks.images')
    const noise = random.stream('masks.noise')
    const pace = createPace(context, { epochs: 1, stepsPerEpoch: steps, note: 'learning masks' })
    for (let done = 0; done < steps; done++) {
      const batch = Uint32Array.from({ length: Math.min(batchSize, train.count) }, () => images.below(train.count))
      const outputs = step({
        images: imageTensor(train, batch),
        labels: labelTensor(train, batch),
        ...prefixed('scales', drawNoise(normalizations, epsilon, noise)),
        ...prefixed('offsets', drawNoise(normalizations, epsilon, noise)),
        learningRate: tf.scalar(learningRate),
      })
      await pace.step(batch.length, tensorOf(outputs, 'loss'))
    }
    const learnt: Masks = {}
    for (const [name, mask] of Object.entries(under('masks', store.tensors))) learnt[name] = [...(await mask.data())]
    await work.finish({ data: learnt, tensors: {} })
    return learnt
  } finally {
    store.dispose()
  }
}

/** Uniform within epsilon, one value for each channel. */
function drawNoise(normalizations: readonly NormalizationSpec[], epsilon: number, rng: Rng): TensorMap {
  return Object.fromEntries(
    normalizations.map(({ name, channels }) => [
      name,
      tf.tensor1d(rng.uniforms(channels).map((value) => (2 * value - 1) * epsilon)),
    ]),
  )
}
