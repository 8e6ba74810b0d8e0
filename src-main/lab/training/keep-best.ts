import { z } from 'zod'
import { takeOver } from '../checkpoints.js'
import { compileStep, createStateStore, type Step } from '../compute/step.js'
import { cloneTensors, disposeTensors, prefixed, tensorOf, under, type TensorMap } from '../compute/tensor-map.js'
import { shuffledBatches } from '../data/batches.js'
import type { Rng } from '../random/rng.js'
import type { RunContext } from '../run-context.js'
import { tf } from '../tf.js'
import { createPace } from './pace.js'

/** Whether weights are good enough to stop, and how good they are among those seen (lower is better). */
export interface Verdict {
  readonly stop: boolean
  readonly cost: number
}

/** Looks at weights, which are neither to keep nor to free, after an epoch. Epoch 0: those that it starts from. */
export type Judge = (weights: TensorMap, epoch: number) => Promise<Verdict>

/** What somebody keeps in mind from epoch to epoch, in one place, so that a checkpoint can hold it. */
export type Memory = Record<string, number>

export interface RepairJob {
  /** What the step starts from, weights among it as `weights/*`. Taken over: freed in the end. */
  readonly state: TensorMap
  readonly step: Step
  readonly epochs: number
  /** Images of one epoch. */
  readonly images: number
  readonly batchSize: number
  /** Order of the images. */
  readonly shuffle: Rng
  /** Called at the start of every epoch: entries of the state to begin it with, which are taken over. */
  readonly beforeEpoch?: (state: TensorMap) => Promise<TensorMap>
  /** Inputs of the step for these images, without the learning rate. */
  readonly inputs: (batch: Uint32Array) => TensorMap
  /** `progress` is 0..1 over the whole job. */
  readonly learningRate: (progress: number) => number
  readonly judge: Judge
  /** All that `judge` and `inputs` remember. */
  readonly memory?: Memory
  /**
   * How many times it starts anew, at half the learning rate, when no epoch was better than the start. Epochs are counted
   * on.
   */
  readonly slowDowns?: number
  /** The victim's weights, which those who watch see first. */
  readonly victim: TensorMap
}

export interface KeptWeights {
  /** Owned by the caller. */
  readonly weights: TensorMap
  /** 0: those that it started from. */
  readonly keptEpoch: number
  /** 1, or what was left of the learning rate in the end. */
  readonly rateFactor: number
}

const Position = z.object({
  attempt: z.int().min(0),
  epoch: z.int().min(0),
  rateFactor: z.number(),
  isDone: z.boolean(),
  best: z.object({ epoch: z.int().min(0), cost: z.number() }),
  memory: z.record(z.string(), z.number()),
})

const Result = z.object({ keptEpoch: z.int().min(0), rateFactor: z.number() })

/**
 * Optimises a classifier and keeps the best weights that the judge has seen, not the last. It ends early when the judge
 * is content or the researcher asks to stop.
 */
export async function keepBest(job: RepairJob, context: RunContext): Promise<KeptWeights> {
  const { slowDowns = 0, memory = {} } = job
  const work = await context.checkpoints.begin('repairing')
  if (work.isDone && work.reached !== null) {
    disposeTensors(job.state)
    return { weights: work.reached.tensors, ...Result.parse(work.reached.data) }
  }
  const start = cloneTensors(job.state)
  const best = createBest()
  let position = { attempt: 0, epoch: 0, rateFactor: 1, isDone: false }
  let state = job.state
  if (work.reached !== null) {
    const { best: kept, memory: remembered, ...reached } = Position.parse(work.reached.data)
    state = takeOver(state, under('state', work.reached.tensors))
    best.hold({ ...kept, weights: under('best', work.reached.tensors) })
    Object.assign(memory, remembered)
    position = reached
  }
  const store = createStateStore(state)
  try {
    const step = compileStep(job.step, store)
    const look = async (epoch: number): Promise<boolean> => {
      const weights = under('weights', store.tensors)
      const { stop, cost } = await job.judge(weights, epoch)
      best.offer(weights, epoch, cost)
      return stop
    }
    const { epochs, images, batchSize } = job
    const stepsPerEpoch = Math.ceil(images / batchSize)
    if (work.reached === null) {
      await context.observe(() => job.victim, { epoch: 0, epochs, step: 0, stepsPerEpoch })
      position.isDone = await look(0)
    }
    for (; ; position.attempt++) {
      const before = position.attempt * epochs
      const pace = createPace(context, { epochs, stepsPerEpoch, epochsDone: position.epoch - before })
      while (position.epoch < before + epochs && !position.isDone) {
        const epoch = position.epoch + 1
        if (job.beforeEpoch !== undefined) store.update(await job.beforeEpoch(store.tensors))
        for (const [index, batch] of shuffledBatches(images, batchSize, job.shuffle).entries()) {
          const done = (position.epoch - before) * stepsPerEpoch + index
          const rate = position.rateFactor * job.learningRate(done / (epochs * stepsPerEpoch))
          const outputs = step({ ...job.inputs(batch), learningRate: tf.scalar(rate) })
          await pace.step(batch.length, tensorOf(outputs, 'loss'))
          const moment = { epoch, epochs: before + epochs, step: index + 1, stepsPerEpoch }
          await context.observe(() => under('weights', store.tensors), moment)
        }
        position.isDone = await look(epoch)
        position.epoch = epoch
        if (!position.isDone && epoch < before + epochs) {
          await work.keep(`epoch ${epoch} of ${before + epochs}`, () => ({
            data: { ...position, best: best.rank(), memory: { ...memory } },
            tensors: { ...prefixed('state', store.tensors), ...prefixed('best', best.weights()) },
          }))
        }
        position.isDone ||= context.isStopping()
      }
      if (position.isDone || best.rank().epoch > 0 || position.attempt === slowDowns) break
      position.rateFactor /= 2
      store.update(cloneTensors(start))
      context.note('info', 'No epoch was better than the start: starting anew at half the learning rate.')
    }
    const result = { keptEpoch: best.rank().epoch, rateFactor: position.rateFactor }
    await work.finish({ data: result, tensors: best.weights() })
    return { weights: best.take(), ...result }
  } finally {
    store.dispose()
    disposeTensors(start)
    best.dispose()
  }
}

interface Best {
  readonly weights: TensorMap
  readonly epoch: number
  readonly cost: number
}

/** The weights of the lowest cost, and of equals the later: the learning rate has come down since. */
function createBest() {
  let best: Best | null = null
  const held = (): Best => {
    if (best === null) throw new Error('A repair ended without having looked at any weights')
    return best
  }
  const dispose = (): void => {
    if (best !== null) disposeTensors(best.weights)
    best = null
  }
  return {
    /** Keeps a second reference if they are the best. */
    offer(weights: TensorMap, epoch: number, cost: number): void {
      if (best !== null && cost > best.cost) return
      dispose()
      best = { weights: cloneTensors(weights), epoch, cost }
    },
    /** Takes over what was the best before. */
    hold(before: Best): void {
      best = before
    },
    rank(): Omit<Best, 'weights'> {
      const { epoch, cost } = held()
      return { epoch, cost }
    },
    weights: () => held().weights,
    /** Gives them away. */
    take(): TensorMap {
      const { weights } = held()
      best = null
      return weights
    },
    dispose,
  }
}
