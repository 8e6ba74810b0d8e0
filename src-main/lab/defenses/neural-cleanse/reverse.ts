import { z } from 'zod'
import { mean } from '../../../../src-shared/util/statistics.js'
import { storedValues, tensorsOfStored, type StoredValues } from '../../checkpoints.js'
import { adam } from '../../compute/optimizers.js'
import { createStateStore, runOn, type StepProgram } from '../../compute/step.js'
import { disposeTensors, prefixed, tensorOf, type TensorMap } from '../../compute/tensor-map.js'
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
    const values = await storedValues({
      mask: tensorOf(work.reached.tensors, 'mask'),
      pattern: tensorOf(work.reached.tensors, 'pattern'),
    })
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
      const successes: number[] = []
      for (const [index, batch] of shuffledBatches(others.count, batchSize, rng).slice(0, stepsPerEpoch).entries()) {
        const outputs = step({
          images: imageTensor(others, batch),
          targets: tf.fill([batch.length], targetClass, 'int32'),
          cost: tf.scalar(course.cost),
          learningRate: tf.scalar(options.learningRate),
        })
        const { loss, ...found } = outputs
        try {
          successes.push((await tensorOf(found, 'success').data())[0]!)
          if (index === stepsPerEpoch - 1) last = await resultOf(found, mean(successes))
        } finally {
          disposeTensors(found)
        }
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

async function resultOf(found: TensorMap, success: number): Promise<ReversedTrigger> {
  const [mask, pattern] = [tensorOf(found, 'mask'), tensorOf(found, 'pattern')]
  const norm = (await tensorOf(found, 'norm').data())[0]!
  return { norm, success, values: await storedValues({ mask, pattern }) }
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
