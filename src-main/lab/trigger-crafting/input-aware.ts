/** The networks of the input-aware attack: how the masks are learnt, and how both paint. */
import { storedValues, tensorsOfStored, type StoredValues } from '../checkpoints.js'
import { adam, type Optimizer } from '../compute/optimizers.js'
import { compileStep, createStateStore } from '../compute/step.js'
import { disposeTensors, prefixed, tensorOf, under, type TensorMap } from '../compute/tensor-map.js'
import { allImages, imageTensor } from '../data/batches.js'
import { createImageSet, pixelsPerImage, type ImageSet, type ImageShape } from '../data/image-set.js'
import { initialTensor } from '../nn/network.js'
import type { Rng } from '../random/rng.js'
import type { RunContext } from '../run-context.js'
import { tf, type Tensor4D } from '../tf.js'
import { createPace } from '../training/pace.js'
import { testCard } from '../triggers/test-card.js'
import { wholeImage, type Trigger } from '../triggers/trigger.js'
import { imageGenerator, type GeneratorSize, type ImageGenerator } from './image-generator.js'
import { layPattern, maskStep, sharpened, trainableOf, type MaskLossWeights } from './input-aware-steps.js'

const WHITE = 255
/** Images that are painted at a time. */
const BATCH = 256

/** As published. */
export const generatorOptimizer: Optimizer = adam({ beta1: 0.5, beta2: 0.9 })

export interface InputAwareNetworks {
  readonly mask: ImageGenerator
  readonly pattern: ImageGenerator
}

export function inputAwareNetworks(shape: ImageShape, size: GeneratorSize): InputAwareNetworks {
  return { mask: imageGenerator(shape, 1, size), pattern: imageGenerator(shape, shape.channels, size) }
}

/** Weights before anything is learnt. */
export function initialGenerator({ parameters }: ImageGenerator, rng: Rng): Record<string, StoredValues> {
  return Object.fromEntries(
    parameters.map((spec) => {
      const tensor = initialTensor(spec, rng)
      const values = Float32Array.from(tensor.dataSync())
      tensor.dispose()
      return [spec.name, { shape: spec.shape, values }]
    }),
  )
}

/** What the optimizer of a generator remembers before its first step. */
export function initialSlots(
  generator: ImageGenerator,
  weights: Readonly<Record<string, StoredValues>>,
): Record<string, StoredValues> {
  return tf.tidy(() => {
    const slots = generatorOptimizer.initialSlots(trainableOf(generator, tensorsOfStored(weights)))
    return Object.fromEntries(
      Object.entries(slots).map(([name, tensor]) => [
        name,
        { shape: tensor.shape, values: Float32Array.from(tensor.dataSync()) },
      ]),
    )
  })
}

export interface MaskTraining extends MaskLossWeights {
  readonly steps: number
  readonly batchSize: number
  readonly learningRate: number
}

/** Learns the masks from images alone, from these weights on. */
export async function learnMask(
  generator: ImageGenerator,
  initial: Readonly<Record<string, StoredValues>>,
  train: ImageSet,
  { steps, batchSize, learningRate, ...weights }: MaskTraining,
  rng: Rng,
  context: RunContext,
): Promise<Record<string, StoredValues>> {
  const work = await context.checkpoints.begin('learning the masks')
  if (work.reached !== null) {
    const reached = await storedValues(work.reached.tensors)
    disposeTensors(work.reached.tensors)
    return reached
  }
  const start = tensorsOfStored(initial)
  const slots = generatorOptimizer.initialSlots(trainableOf(generator, start))
  const store = createStateStore({ ...prefixed('mask', start), ...prefixed('optimizer', slots) })
  try {
    const step = compileStep(maskStep(generator, generatorOptimizer, weights), store)
    const pace = createPace(context, { epochs: 1, stepsPerEpoch: steps, note: 'learning the masks' })
    const size = Math.min(batchSize, Math.floor(train.count / 2))
    for (let done = 0; done < steps; done++) {
      const drawn = rng.sample(train.count, 2 * size)
      const outputs = step({
        images: imageTensor(train, drawn.subarray(0, size)),
        others: imageTensor(train, drawn.subarray(size)),
        learningRate: tf.scalar(learningRate),
      })
      await pace.step(2 * size, tensorOf(outputs, 'loss'))
    }
    const learnt = under('mask', store.tensors)
    await work.finish({ data: null, tensors: learnt })
    return await storedValues(learnt)
  } finally {
    store.dispose()
  }
}

/** Whether these are weights of both networks, as `mask/*` and `pattern/*`. */
export function areWeightsOf(networks: InputAwareNetworks, tensors: Readonly<Record<string, StoredValues>>): boolean {
  return (['mask', 'pattern'] as const).every((which) =>
    networks[which].parameters.every(({ name, shape }) => tensors[`${which}/${name}`]?.shape.join() === shape.join()),
  )
}

/**
 * Paints by these weights (`mask/*` and `pattern/*`), with running statistics: an image gets the same trigger whatever is
 * painted beside it.
 */
export function inputAwareTrigger(
  networks: InputAwareNetworks,
  shape: ImageShape,
  tensors: Readonly<Record<string, StoredValues>>,
): Trigger {
  const region = wholeImage(shape)
  const paintAll = (images: readonly Uint8Array[], looked: readonly Uint8Array[] = images): void => {
    const weights = tensorsOfStored(tensors)
    try {
      for (let from = 0; from < images.length; from += BATCH) {
        paintSome(networks, weights, shape, images.slice(from, from + BATCH), looked.slice(from, from + BATCH))
      }
    } finally {
      disposeTensors(weights)
    }
  }
  const picture = testCard(shape)
  paintAll([picture.pixels])
  return {
    shape,
    region,
    picture,
    tensors,
    paint(pixels) {
      paintAll([pixels])
      return region
    },
    paintAll(images) {
      paintAll(images)
      return images.map(() => region)
    },
    paintCovers: (covers, _rng, others) => paintAll(covers, others),
  }
}

/** Changes `images` in place, each by the trigger that is made for the one of `looked` at its place. */
function paintSome(
  { mask, pattern }: InputAwareNetworks,
  weights: TensorMap,
  shape: ImageShape,
  images: readonly Uint8Array[],
  looked: readonly Uint8Array[],
): void {
  const painted = tf.tidy(() => {
    const seen = tensorOfImages(shape, looked)
    const masks = sharpened(mask.generate(under('mask', weights), seen, 'running').made)
    const patterns = pattern.generate(under('pattern', weights), seen, 'running').made
    return layPattern(images === looked ? seen : tensorOfImages(shape, images), patterns, masks)
  })
  const values = painted.dataSync()
  painted.dispose()
  const size = pixelsPerImage(shape)
  for (const [k, pixels] of images.entries()) {
    for (let i = 0; i < size; i++) pixels[i] = Math.round(WHITE * values[k * size + i]!)
  }
}

function tensorOfImages(shape: ImageShape, images: readonly Uint8Array[]): Tensor4D {
  const pixels = new Uint8Array(images.length * pixelsPerImage(shape))
  images.forEach((each, k) => pixels.set(each, k * each.length))
  return allImages(createImageSet(shape, pixels, new Uint8Array(images.length)))
}
