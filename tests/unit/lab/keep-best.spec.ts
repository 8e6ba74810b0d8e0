import { beforeAll, describe, expect, it } from 'vitest'
import type { Moment } from '../../../src-main/lab/run-context.js'
import { createRandomStreams } from '../../../src-main/lab/random/streams.js'
import { tf } from '../../../src-main/lab/tf.js'
import { keepBest, type RepairJob } from '../../../src-main/lab/training/keep-best.js'
import { learningRateAt } from '../../../src-main/lab/training/schedule.js'
import { quietContext } from '../../helpers/memory-host.js'
import { useJavascriptBackend } from '../../helpers/tfjs.js'

/** Counts its steps in the weight: two an epoch. `costs` are those of the epochs from 0 on. */
function countingJob(
  costs: readonly number[],
  victim: RepairJob['victim'],
  epochs = costs.length - 1,
  rates: number[] = [],
): RepairJob {
  return {
    state: { 'weights/w': tf.scalar(0) },
    step(state, { learningRate }) {
      rates.push(learningRate!.dataSync()[0]!)
      return { state: { 'weights/w': tf.add(state['weights/w']!, 1) }, outputs: { loss: tf.scalar(1) } }
    },
    epochs,
    images: 5,
    batchSize: 3,
    shuffle: createRandomStreams(1).stream('shuffle'),
    inputs: () => ({}),
    learningRate: () => 0.5,
    judge: async (_weights, epoch) => ({ stop: costs[epoch] === -1, cost: costs[epoch]! }),
    victim,
  }
}

async function kept(costs: readonly number[], overrides: Parameters<typeof quietContext>[0] = {}) {
  const victim = { w: tf.scalar(0) }
  const before = tf.memory().numTensors
  const { weights, keptEpoch } = await keepBest(countingJob(costs, victim), quietContext(overrides))
  const steps = weights['w']!.dataSync()[0]
  weights['w']!.dispose()
  expect(tf.memory().numTensors).toBe(before)
  victim.w.dispose()
  return { keptEpoch, steps }
}

describe('a repair', () => {
  beforeAll(useJavascriptBackend)

  it('keeps the weights of the lowest cost, and of equals the later', async () => {
    expect(await kept([3, 1, 1, 2])).toEqual({ keptEpoch: 2, steps: 4 })
  })

  it('keeps what it started from when nothing was better', async () => {
    expect(await kept([0, 1, 1])).toEqual({ keptEpoch: 0, steps: 0 })
  })

  it('ends when the judge is content', async () => {
    expect(await kept([3, -1, -2])).toEqual({ keptEpoch: 1, steps: 2 })
  })

  it('ends after the epoch in which it is asked to stop', async () => {
    expect(await kept([3, 2, 1], { isStopping: () => true })).toEqual({ keptEpoch: 1, steps: 2 })
  })

  it('starts anew at half the learning rate when nothing was better, counting on', async () => {
    const victim = { w: tf.scalar(0) }
    const rates: number[] = []
    const notes: string[] = []
    const seen: number[] = []
    const { weights, keptEpoch, rateFactor } = await keepBest(
      { ...countingJob([0, 1, 1, 1, 0], victim, 2, rates), slowDowns: 3 },
      quietContext({
        note: (_level, text) => void notes.push(text),
        observe: async (_weights, { epoch }) => void seen.push(epoch),
      }),
    )
    expect({ keptEpoch, rateFactor, steps: weights['w']!.dataSync()[0] }).toEqual({
      keptEpoch: 4,
      rateFactor: 0.5,
      steps: 4,
    })
    expect(rates).toEqual([0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25])
    expect(seen).toEqual([0, 1, 1, 2, 2, 3, 3, 4, 4])
    expect(notes).toHaveLength(1)
    tf.dispose([weights, victim])
  })

  it('gives up after so many new starts', async () => {
    const victim = { w: tf.scalar(0) }
    const job = { ...countingJob([0, 1, 1, 1, 1, 1, 1], victim, 2), slowDowns: 2 }
    const { weights, keptEpoch, rateFactor } = await keepBest(job, quietContext())
    expect({ keptEpoch, rateFactor, steps: weights['w']!.dataSync()[0] }).toEqual({
      keptEpoch: 0,
      rateFactor: 0.25,
      steps: 0,
    })
    tf.dispose([weights, victim])
  })

  it('shows the victim first, then every step', async () => {
    const seen: Moment[] = []
    await kept([1, 0, 0], { observe: async (_weights, moment) => void seen.push(moment) })
    expect(seen.map(({ epoch, step }) => [epoch, step])).toEqual([
      [0, 0],
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ])
  })
})

describe('the schedule', () => {
  const rates = (schedule: 'cosine' | 'constant' | 'step', dropAfter: number): number[] =>
    Array.from({ length: 6 }, (_, step) =>
      learningRateAt({ schedule, learningRate: 1, epochs: 3, dropAfter }, step / (3 * 2)),
    )

  it('steps down to a tenth with the first batch after so many epochs', () => {
    expect(rates('step', 1)).toEqual([1, 1, 0.1, 0.1, 0.1, 0.1])
    expect(rates('step', 2)).toEqual([1, 1, 1, 1, 0.1, 0.1])
    expect(rates('step', 5)).toEqual([1, 1, 1, 1, 1, 1])
  })

  it('otherwise stays, or goes down along a cosine', () => {
    expect(rates('constant', 1)).toEqual([1, 1, 1, 1, 1, 1])
    expect(rates('cosine', 1)[3]).toBeCloseTo(0.5)
  })
})
