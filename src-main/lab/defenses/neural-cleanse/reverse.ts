import { z } from 'zod'
import { tensorsOfStored, type StoredValues } from '../../checkpoints.js'
import { adam } from '../../compute/optimizers.js'
import { createStateStore, runOn, type StepProgram } from '../../compute/step.js'
import { disposeTensors, prefixed, tensorOf } from '../../compute/tensor-map.js'
import { imageTensor, shuffledBatches } from '../../data/batches.js'
import { createImageSet, imageAt, indicesWhere, selectImages, type ImageSet } from '../../data/image-set.js'
import type { DefenderView } from '../../define.js'
import type { Rng } from '../../random/rng.js'
import type { PixelImage, RunContext } from '../../run-context.js'
import { tf } from '../../tf.js'
import { createPace } from '../../training/pace.js'
import { createCostCourse, type CostOptions } from './cost.js'

const WHITE = 255

export const reverseOptimizer = adam({ beta1: 0.5, beta2: 0.9 })

export interface ReverseOptions extends CostOptions {
  readonly passes: number
  readonly batchSize: number
  readonly learningRate: number
}

/** A trigger that turns images to one class, with as small a mask as was found. */
export interface ReversedTrigger {
  /** Sum of the mask: about as many pixels as it covers. */
  readonly norm: number
  /** Success (0..1) on the images that it was made with. */
  readonly success: number
  /** `mask` (height x width x 1) and `pattern` (height x width x channels), 0..1. */
  readonly values: Readonly<Record<'mask' | 'pattern', StoredValues>>
}

const Figures = z.object({ norm: z.number(), success: z.number() })

/**
 * Reverses a trigger for one class with the images of all others. `program` is `reverseStep`, which all classes share. Where
 * no mask succeeds, the last one stands.
 */
export async function reverseTrigger(
  program: StepProgram,
  { train, data }: DefenderView,
  targetClass: number,
  options: ReverseOptions,
  rng: Rng,
  context: RunContext,
): Promise<ReversedTrigger> {
  const name = data.classNames[targetClass]
  const work = await context.checkpoints.begin(`reversing a trigger for class ${name}`)
  if (work.reached !== null) {
    const { mask, pattern } = work.reached.tensors
    const values = { mask: await stored(mask!), pattern: await stored(pattern!) }
    disposeTensors(work.reached.tensors)
    return { ...Figures.parse(work.reached.data), values }
  }
  const { height, width, channels } = data.shape
  const others = selectImages(
    train,
    indicesWhere(train, (label) => label !== targetClass),
  )
  const parameters = {
    mask: tf.tensor(rng.normals(height * width, 0.5), [height, width, 1]),
    pattern: tf.tensor(rng.normals(height * width * channels, 0.5), [height, width, channels]),
  }
  const store = createStateStore({
    ...parameters,
    ...prefixed('optimizer', reverseOptimizer.initialSlots(parameters)),
  })
  try {
    const step = runOn(program, store)
    const course = createCostCourse(options)
    const batchSize = Math.min(options.batchSize, others.count)
    // Whole batches, so that one step has to be made ready.
    const stepsPerEpoch = Math.max(1, Math.floor(others.count / batchSize))
    const pace = createPace(context, { epochs: options.passes, stepsPerEpoch, note: `reversing class ${name}` })
    let best: ReversedTrigger | null = null
    let last: ReversedTrigger | null = null
    for (let pass = 0; pass < options.passes && !course.isDone && !(pass > 0 && context.isStopping()); pass++) {
      let successes = 0
      for (const batch of shuffledBatches(others.count, batchSize, rng).slice(0, stepsPerEpoch)) {
        const { loss, success, norm, mask, pattern } = step({
          images: imageTensor(others, batch),
          targets: tf.fill([batch.length], targetClass, 'int32'),
          cost: tf.scalar(course.cost),
          learningRate: tf.scalar(options.learningRate),
        })
        successes += (await success!.data())[0]!
        last = {
          norm: (await norm!.data())[0]!,
          success: successes / stepsPerEpoch,
          values: { mask: await stored(mask!), pattern: await stored(pattern!) },
        }
        tf.dispose([success!, norm!, mask!, pattern!])
        await pace.step(batch.length, loss!)
      }
      if (last !== null && course.note(last.success, last.norm)) best = last
    }
    const reversed = best ?? last
    if (reversed === null) throw new Error('A trigger was reversed without a single step')
    const { norm, success, values } = reversed
    const tensors = tensorsOfStored(values)
    await work.finish({ data: { norm, success }, tensors }).finally(() => disposeTensors(tensors))
    return reversed
  } finally {
    store.dispose()
  }
}

async function stored(tensor: ReturnType<typeof tensorOf>): Promise<StoredValues> {
  return { shape: tensor.shape, values: Float32Array.from(await tensor.data()) }
}

/** The images of other classes with the trigger on them. */
export function stampedOthers(set: ImageSet, targetClass: number, { values }: ReversedTrigger): ImageSet {
  const others = selectImages(
    set,
    indicesWhere(set, (label) => label !== targetClass),
  )
  const { channels } = set.shape
  const mask = values.mask.values
  const pattern = values.pattern.values
  for (let index = 0; index < others.count; index++) {
    const pixels = imageAt(others, index)
    for (let k = 0; k < pixels.length; k++) {
      const below = pixels[k]!
      pixels[k] = Math.round(below + mask[Math.floor(k / channels)]! * (WHITE * pattern[k]! - below))
    }
  }
  return createImageSet(others.shape, others.pixels, others.labels)
}

/** For people: the pattern, as opaque as the mask is. */
export function pictureOfReversed({ values }: ReversedTrigger): PixelImage {
  const [height, width, channels] = values.pattern.shape as [number, number, number]
  const pixels = new Uint8Array(height * width * (channels + 1))
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let c = 0; c < channels; c++) {
      pixels[pixel * (channels + 1) + c] = Math.round(WHITE * values.pattern.values[pixel * channels + c]!)
    }
    pixels[pixel * (channels + 1) + channels] = Math.round(WHITE * values.mask.values[pixel]!)
  }
  return { shape: { height, width, channels: channels + 1 }, pixels }
}
