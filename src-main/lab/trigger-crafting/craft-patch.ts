import { z } from 'zod'
import type { Mark } from '../../../src-shared/trigger/mark.js'
import type { Place } from '../../../src-shared/trigger/place.js'
import { adam } from '../compute/optimizers.js'
import { compileStep, createStateStore, type CompiledStep, type StateStore, type Step } from '../compute/step.js'
import { prefixed, tensorOf, type TensorMap } from '../compute/tensor-map.js'
import { imageTensor, shuffledBatches } from '../data/batches.js'
import type { ImageSet } from '../data/image-set.js'
import type { Classifier } from '../nn/network.js'
import type { Rng } from '../random/rng.js'
import type { RunContext } from '../run-context.js'
import { tf, type Tensor, type Tensor3D } from '../tf.js'
import { createPace } from '../training/pace.js'
import { cosineLearningRate } from '../training/schedule.js'
import {
  lastActivations,
  neuronLoss,
  pixelsOfTanh,
  signedPatchStep,
  tanhOf,
  tanhPatchStep,
  targetLoss,
  type PatchLoss,
} from './patch-step.js'

const WHITE = 255

/** A patch while it is optimised, at the one place that it is meant for. */
export interface CraftedPatch {
  /** height x width x channels, 0..1. */
  readonly values: Float32Array
  /** How much of what is below each value covers, opacity included, 0..1. */
  readonly cover: Float32Array
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly at: Place
}

/** Before anything is optimised. */
export function patchOfMark(mark: Mark, opacity: number, at: Place): CraftedPatch {
  const { height, width, channels } = mark
  return {
    values: Float32Array.from(mark.values, (value) => value / WHITE),
    cover: Float32Array.from(mark.coverage, (coverage) => (opacity * coverage) / WHITE),
    height,
    width,
    channels,
    at,
  }
}

/** The patch in whole bytes, with the holes of the mark it began as. */
export function markOfPatch({ values }: CraftedPatch, { coverage, ...mark }: Mark): Mark {
  return { ...mark, coverage, values: Uint8Array.from(values, (value) => Math.round(WHITE * value)) }
}

export interface NeuronOptions {
  /** `adam`: on the argument of tanh, with a cosine schedule. `signed`: projected steps of one size. */
  readonly method: 'adam' | 'signed'
  readonly steps: number
  readonly learningRate: number
  /** Of a signed step, in units of 0..1 pixels. */
  readonly stepSize: number
  /** How far signed steps may take a pixel from where it began, 0..1. */
  readonly radius: number
  /** Loss below which it is done; null: all steps. */
  readonly stopBelow: number | null
}

const Values = z.array(z.number().min(0).max(1))

/** The values of a patch as plain data, and back. */
export function patchData({ values }: CraftedPatch): number[] {
  return [...values]
}

export function patchOfData(data: unknown, patch: CraftedPatch): CraftedPatch {
  return { ...patch, values: Float32Array.from(Values.length(patch.values.length).parse(data)) }
}

/** Optimises a patch until the chosen neurons answer with `value` (TrojanNN). */
export async function exciteNeurons(
  classifier: Classifier,
  neurons: readonly number[],
  value: number,
  patch: CraftedPatch,
  options: NeuronOptions,
  context: RunContext,
): Promise<CraftedPatch> {
  const work = await context.checkpoints.begin('exciting neurons')
  if (work.reached !== null) return patchOfData(work.reached.data, patch)
  const loss = neuronLoss(classifier, neurons, value, patch.at)
  const loop = createLoop(loss, patch, options.method === 'signed' ? options.radius : null)
  try {
    const pace = createPace(context, { epochs: 1, stepsPerEpoch: options.steps, note: 'exciting neurons' })
    let lastLoss = Infinity
    for (let step = 0; step < options.steps && lastLoss > (options.stopBelow ?? -1); step++) {
      const outputs = loop.step(
        options.method === 'adam'
          ? { learningRate: tf.scalar(cosineLearningRate(options.learningRate, step / options.steps)) }
          : { stepSize: tf.scalar(options.stepSize) },
      )
      const lossNow = tensorOf(outputs, 'loss')
      if (options.stopBelow !== null) lastLoss = (await lossNow.data())[0]!
      await pace.step(1, lossNow)
    }
    const crafted = await loop.patch()
    await work.finish({ data: patchData(crafted), tensors: {} })
    return crafted
  } finally {
    loop.store.dispose()
  }
}

/** How strongly neurons answer to a patch on a black image. */
export async function readNeurons(
  classifier: Classifier,
  neurons: readonly number[],
  patch: CraftedPatch,
): Promise<number[]> {
  const activations = tf.tidy(() =>
    lastActivations(classifier, patchTensor(patch.values, patch), patchTensor(patch.cover, patch), patch.at),
  )
  const all = await activations.data()
  activations.dispose()
  return neurons.map((neuron) => all[neuron]!)
}

function patchTensor(data: Float32Array, { height, width, channels }: CraftedPatch): Tensor3D {
  return tf.tensor3d(data, [height, width, channels])
}

export interface SuccessOptions {
  readonly passes: number
  /** Of each pass; null: all. */
  readonly batchesPerPass: number | null
  readonly batchSize: number
  readonly learningRate: number
}

/** Optimises a patch so that the images that carry it get the classes that `targetOf` wants (IMC). */
export async function raiseSuccess(
  classifier: Classifier,
  images: ImageSet,
  targetOf: (trueLabel: number) => number,
  patch: CraftedPatch,
  options: SuccessOptions,
  shuffle: Rng,
  note: string,
  context: RunContext,
): Promise<CraftedPatch> {
  const loop = createLoop(targetLoss(classifier, patch.at), patch, null)
  try {
    const batches = Math.ceil(images.count / options.batchSize)
    const stepsPerEpoch = Math.min(batches, options.batchesPerPass ?? batches)
    const pace = createPace(context, { epochs: options.passes, stepsPerEpoch, note })
    for (let pass = 0; pass < options.passes && !(pass > 0 && context.isStopping()); pass++) {
      for (const batch of shuffledBatches(images.count, options.batchSize, shuffle).slice(0, stepsPerEpoch)) {
        const targets = Int32Array.from(batch, (index) => targetOf(images.labels[index]!))
        const outputs = loop.step({
          images: imageTensor(images, batch),
          targets: tf.tensor1d(targets, 'int32'),
          learningRate: tf.scalar(options.learningRate),
        })
        await pace.step(batch.length, tensorOf(outputs, 'loss'))
      }
    }
    return await loop.patch()
  } finally {
    loop.store.dispose()
  }
}

interface Loop {
  readonly store: StateStore
  readonly step: CompiledStep
  /** As it is now. */
  patch(): Promise<CraftedPatch>
}

/** With a radius: signed steps that stay so near to the start; null: Adam on the argument of tanh. */
function createLoop(loss: PatchLoss, patch: CraftedPatch, radius: number | null): Loop {
  const { values, cover } = patch
  const tensor = (data: Float32Array): Tensor => patchTensor(data, patch)
  const build = (state: TensorMap, step: Step, pixelsOf: (tensor: Tensor) => Tensor): Loop => {
    const store = createStateStore({ ...state, cover: tensor(cover) })
    return {
      store,
      step: compileStep(step, store),
      async patch() {
        const pixels = tf.tidy(() => tf.clone(pixelsOf(tensorOf(store.tensors, 'patch'))))
        const now = Float32Array.from(await pixels.data())
        pixels.dispose()
        return { ...patch, values: now }
      },
    }
  }
  if (radius !== null) {
    const state = { patch: tensor(values), anchor: tensor(values) }
    return build(state, signedPatchStep(loss, radius), (pixels) => pixels)
  }
  const optimizer = adam({ beta1: 0.9, beta2: 0.999 })
  const parameters = { patch: tensor(tanhOf(values)) }
  const state = { ...parameters, ...prefixed('optimizer', optimizer.initialSlots(parameters)) }
  return build(state, tanhPatchStep(loss, optimizer), pixelsOfTanh)
}
