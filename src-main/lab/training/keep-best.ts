import { compileStep, createStateStore, type Step } from '../compute/step.js'
import { cloneTensors, disposeTensors, tensorOf, under, type TensorMap } from '../compute/tensor-map.js'
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
  /** Inputs of the step for these images, without the learning rate. */
  readonly inputs: (batch: Uint32Array) => TensorMap
  /** `progress` is 0..1 over the whole job. */
  readonly learningRate: (progress: number) => number
  readonly judge: Judge
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

/**
 * Optimises a classifier and keeps the best weights that the judge has seen, not the last. It ends early when the judge
 * is content or the researcher asks to stop.
 */
export async function keepBest(job: RepairJob, context: RunContext): Promise<KeptWeights> {
  const { slowDowns = 0 } = job
  const start = cloneTensors(job.state)
  const store = createStateStore(job.state)
  const best = createBest()
  let rateFactor = 1
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
    await context.observe(job.victim, { epoch: 0, epochs, step: 0, stepsPerEpoch })
    let isDone = await look(0)
    for (let attempt = 0; ; attempt++) {
      const before = attempt * epochs
      const pace = createPace(context, { epochs, stepsPerEpoch })
      let done = 0
      for (let epoch = before + 1; epoch <= before + epochs && !isDone; epoch++) {
        for (const [index, batch] of shuffledBatches(images, batchSize, job.shuffle).entries()) {
          const rate = rateFactor * job.learningRate(done++ / (epochs * stepsPerEpoch))
          const outputs = step({ ...job.inputs(batch), learningRate: tf.scalar(rate) })
          await pace.step(batch.length, tensorOf(outputs, 'loss'))
          const moment = { epoch, epochs: before + epochs, step: index + 1, stepsPerEpoch }
          await context.observe(under('weights', store.tensors), moment)
        }
        isDone = (await look(epoch)) || context.isStopping()
      }
      if (isDone || best.epoch() > 0 || attempt === slowDowns) break
      rateFactor /= 2
      store.update(cloneTensors(start))
      context.note('info', 'No epoch was better than the start: starting anew at half the learning rate.')
    }
    return { ...best.take(), rateFactor }
  } finally {
    store.dispose()
    disposeTensors(start)
    best.dispose()
  }
}

/** The weights of the lowest cost, and of equals the later: the learning rate has come down since. */
function createBest() {
  let best: { weights: TensorMap; epoch: number; cost: number } | null = null
  const held = (): NonNullable<typeof best> => {
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
    epoch: () => held().epoch,
    /** Gives them away. */
    take(): Pick<KeptWeights, 'weights' | 'keptEpoch'> {
      const { weights, epoch } = held()
      best = null
      return { weights, keptEpoch: epoch }
    },
    dispose,
  }
}
