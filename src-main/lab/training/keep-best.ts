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
  /** The victim's weights, which those who watch see first. */
  readonly victim: TensorMap
}

export interface KeptWeights {
  /** Owned by the caller. */
  readonly weights: TensorMap
  /** 0: those that it started from. */
  readonly keptEpoch: number
}

/**
 * Optimises a classifier and keeps the best weights that the judge has seen, not the last. It ends early when the judge
 * is content or the researcher asks to stop.
 */
export async function keepBest(job: RepairJob, context: RunContext): Promise<KeptWeights> {
  const { epochs, images, batchSize } = job
  const store = createStateStore(job.state)
  let best: { weights: TensorMap; epoch: number; cost: number } | null = null

  const isDone = async (epoch: number): Promise<boolean> => {
    const weights = under('weights', store.tensors)
    const { stop, cost } = await job.judge(weights, epoch)
    // Of equals the later: the learning rate has come down since.
    if (best === null || cost <= best.cost) {
      if (best !== null) disposeTensors(best.weights)
      best = { weights: cloneTensors(weights), epoch, cost }
    }
    return stop
  }

  try {
    const step = compileStep(job.step, store)
    const stepsPerEpoch = Math.ceil(images / batchSize)
    const pace = createPace(context, { epochs, stepsPerEpoch })
    let done = 0
    await context.observe(job.victim, { epoch: 0, epochs, step: 0, stepsPerEpoch })
    let finished = await isDone(0)
    for (let epoch = 1; epoch <= epochs && !finished; epoch++) {
      for (const [index, batch] of shuffledBatches(images, batchSize, job.shuffle).entries()) {
        const progress = done++ / (epochs * stepsPerEpoch)
        const outputs = step({ ...job.inputs(batch), learningRate: tf.scalar(job.learningRate(progress)) })
        await pace.step(batch.length, tensorOf(outputs, 'loss'))
        await context.observe(under('weights', store.tensors), { epoch, epochs, step: index + 1, stepsPerEpoch })
      }
      finished = (await isDone(epoch)) || context.isStopping()
    }
    const kept = best as { weights: TensorMap; epoch: number } | null
    if (kept === null) throw new Error('A repair ended without having looked at any weights')
    best = null
    return { weights: kept.weights, keptEpoch: kept.epoch }
  } finally {
    store.dispose()
    const left = best as { weights: TensorMap } | null
    if (left !== null) disposeTensors(left.weights)
  }
}
