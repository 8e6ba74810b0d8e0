/**
 * The two trainings of the input-aware attack. Nguyen and Tran, "Input-Aware Dynamic Backdoor Attack", NeurIPS 2020 (arXiv
 * 2010.08138), section 3: first a network that says where an image is changed, then, together with the victim, one that
 * says into what.
 */
import { lossGradients } from '../compute/gradients.js'
import type { Optimizer } from '../compute/optimizers.js'
import type { Step } from '../compute/step.js'
import { prefixed, tensorOf, under, type TensorMap } from '../compute/tensor-map.js'
import type { Augmentation } from '../data/augmentation.js'
import { softmaxCrossEntropy } from '../kernels/index.js'
import { classify, partitionWeights, type Network } from '../nn/network.js'
import { tf, type Tensor, type Tensor1D, type Tensor4D } from '../tf.js'
import type { ImageGenerator } from './image-generator.js'

const TINY = 1e-7

/** Makes masks nearly 0 or 1: tanh(20 m - 10) / 2 + 1/2. */
export function sharpened(masks: Tensor4D): Tensor4D {
  return tf.add(tf.div(tf.tanh(tf.sub(tf.mul(masks, 20), 10)), 2), 0.5)
}

/** Root mean square of the difference of each pair of images. */
function distances(one: Tensor4D, other: Tensor4D): Tensor {
  return tf.sqrt(tf.mean(tf.square(tf.sub(one, other)), [1, 2, 3]))
}

/** Grows where different images get alike outputs. A scalar. */
function diversityLoss(images: Tensor4D, others: Tensor4D, made: Tensor4D, madeOfOthers: Tensor4D): Tensor {
  // The gradient of the root is infinite at 0.
  const apart = tf.sqrt(tf.add(tf.mean(tf.square(tf.sub(made, madeOfOthers)), [1, 2, 3]), TINY ** 2))
  return tf.mean(tf.div(distances(images, others), tf.add(apart, TINY)))
}

export interface MaskLossWeights {
  /** Share (0..1) of the image that masks may cover free of charge. */
  readonly density: number
  readonly densityWeight: number
  readonly diversityWeight: number
}

/**
 * State: `mask/*`, `optimizer/*`. Inputs: `images`, `others` (as many), `learningRate`. Output: `loss`, which is low for small
 * masks that differ from image to image.
 */
export function maskStep(generator: ImageGenerator, optimizer: Optimizer, options: MaskLossWeights): Step {
  return (state, inputs) => {
    const weights = under('mask', state)
    const trainable = trainableOf(generator, weights)
    const { loss, aux, gradients } = lossGradients(trainable, (parameters) => {
      const images = tensorOf<Tensor4D>(inputs, 'images')
      const others = tensorOf<Tensor4D>(inputs, 'others')
      const both = tf.concat([images, others], 0) as Tensor4D
      const { made, statistics } = generator.generate({ ...weights, ...parameters }, both, 'batch')
      const [masks, masksOfOthers] = tf.split(sharpened(made), 2, 0) as [Tensor4D, Tensor4D]
      const excess = tf.mean(tf.relu(tf.sub(masks, options.density)))
      const diversity = diversityLoss(images, others, masks, masksOfOthers)
      return {
        loss: tf.add(tf.mul(excess, options.densityWeight), tf.mul(diversity, options.diversityWeight)),
        aux: statistics,
      }
    })
    const slots = under('optimizer', state)
    const updated = optimizer.update({
      parameters: trainable,
      gradients,
      slots,
      learningRate: tensorOf(inputs, 'learningRate'),
    })
    return {
      state: { ...prefixed('mask', { ...updated.parameters, ...aux }), ...prefixed('optimizer', updated.slots) },
      outputs: { loss },
    }
  }
}

export interface JointOptions {
  readonly network: Network
  readonly mask: ImageGenerator
  readonly pattern: ImageGenerator
  /** Of the victim. */
  readonly optimizer: Optimizer
  readonly patternOptimizer: Optimizer
  readonly patternRate: number
  readonly diversityWeight: number
  readonly augmentation: Augmentation | null
  /** How many of a batch are poisoned, which come first, and how many are covers, which come next. */
  readonly counts: (batchSize: number) => { poisoned: number; covers: number }
}

/**
 * One step of the victim and of the patterns. State: `weights/*`, `optimizer/*` of the victim; `attack/mask/*`, which stays,
 * `attack/pattern/*`, `attack/optimizer/*`. Inputs: `images` before anything is painted, with the `labels` to be learnt,
 * `learningRate` of the victim, and what the augmentation draws. Output: `loss`.
 */
export function jointStep(options: JointOptions): Step {
  const { network, pattern, optimizer, patternOptimizer, augmentation } = options
  return (state, inputs) => {
    const attack = under('attack', state)
    const weights = under('weights', state)
    const patternWeights = under('pattern', attack)
    const { trainable } = partitionWeights(network, weights)
    const patternTrainable = trainableOf(pattern, patternWeights)
    const wanted = { ...prefixed('victim', trainable), ...prefixed('pattern', patternTrainable) }

    const { loss, aux, gradients } = lossGradients(wanted, (parameters) => {
      const given = tensorOf<Tensor4D>(inputs, 'images')
      const { painted, diversity, statistics } = paintBatch(given, options, {
        mask: under('mask', attack),
        pattern: { ...patternWeights, ...under('pattern', parameters) },
      })
      const images = augmentation === null ? painted : augmentation.apply(painted, inputs)
      const answered = classify(network, { ...weights, ...under('victim', parameters) }, images, 'batch')
      const answers = tf.mean(softmaxCrossEntropy(answered.logits, tensorOf<Tensor1D>(inputs, 'labels')))
      return {
        loss: tf.add(answers, tf.mul(diversity, options.diversityWeight)),
        aux: { ...prefixed('victim', answered.statistics), ...prefixed('pattern', statistics) },
      }
    })

    const victim = optimizer.update({
      parameters: trainable,
      gradients: under('victim', gradients),
      slots: under('optimizer', state),
      learningRate: tensorOf(inputs, 'learningRate'),
    })
    const patterns = patternOptimizer.update({
      parameters: patternTrainable,
      gradients: under('pattern', gradients),
      slots: under('optimizer', attack),
      learningRate: tf.scalar(options.patternRate),
    })
    return {
      state: {
        ...prefixed('weights', { ...victim.parameters, ...under('victim', aux) }),
        ...prefixed('optimizer', victim.slots),
        ...prefixed('attack/pattern', { ...patterns.parameters, ...under('pattern', aux) }),
        ...prefixed('attack/optimizer', patterns.slots),
      },
      outputs: { loss },
    }
  }
}

/** Poisoned images with masks and patterns of their own, covers with those of other images, and the rest as it is. */
function paintBatch(
  images: Tensor4D,
  { mask, pattern, counts }: Pick<JointOptions, 'mask' | 'pattern' | 'counts'>,
  weights: { mask: TensorMap; pattern: TensorMap },
): { painted: Tensor4D; diversity: Tensor; statistics: TensorMap } {
  const [count] = images.shape
  const { poisoned, covers } = counts(count)
  const from = (set: Tensor4D, begin: number, size: number): Tensor4D =>
    tf.slice(set, [begin, 0, 0, 0], [size, -1, -1, -1]) as Tensor4D
  // The batch from its end is another image for each.
  const others = from(tf.reverse(images, 0), 0, poisoned + covers)
  const looked = tf.concat([from(images, 0, poisoned), others], 0) as Tensor4D
  const masks = sharpened(mask.generate(weights.mask, looked, 'running').made)
  const { made: patterns, statistics } = pattern.generate(weights.pattern, looked, 'batch')

  const own = from(images, 0, poisoned)
  const changed = layPattern(own, from(patterns, 0, poisoned), from(masks, 0, poisoned))
  const diversity = diversityLoss(
    own,
    from(others, 0, poisoned),
    from(patterns, 0, poisoned),
    from(patterns, poisoned, poisoned),
  )
  const rest = from(images, poisoned + covers, count - poisoned - covers)
  if (covers === 0) return { painted: tf.concat([changed, rest], 0) as Tensor4D, diversity, statistics }
  const covered = layPattern(
    from(images, poisoned, covers),
    from(patterns, 2 * poisoned, covers),
    from(masks, 2 * poisoned, covers),
  )
  return { painted: tf.concat([changed, covered, rest], 0) as Tensor4D, diversity, statistics }
}

/** x + mask (pattern - x). */
export function layPattern(images: Tensor4D, patterns: Tensor4D, masks: Tensor4D): Tensor4D {
  return tf.add(images, tf.mul(tf.sub(patterns, images), masks))
}

export function trainableOf({ parameters }: Pick<ImageGenerator, 'parameters'>, weights: TensorMap): TensorMap {
  return Object.fromEntries(
    parameters.filter(({ trainable }) => trainable).map(({ name }) => [name, tensorOf(weights, name)]),
  )
}
