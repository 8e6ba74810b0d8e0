import { beforeAll, describe, expect, it } from 'vitest'
import type { Checkpoint, CheckpointStore } from '../../../src-main/lab/checkpoints.js'
import { createCourse } from '../../../src-main/lab/course.js'
import { createCheckpoints } from '../../../src-main/lab/keep-checkpoints.js'
import { createRandomStreams, createStreamLedger } from '../../../src-main/lab/random/streams.js'
import { createStageClock } from '../../../src-main/lab/stage-clock.js'
import { tf } from '../../../src-main/lab/tf.js'
import { memoryHost } from '../../helpers/memory-host.js'
import { useJavascriptBackend } from '../../helpers/tfjs.js'

/** Keeps checkpoints in memory; `spoil` makes the newest of a piece of work unusable. */
function memoryStore(): CheckpointStore & { spoil(work: number): void; kept(): string[] } {
  const kept = new Map<string, Checkpoint | { unusable: string }>()
  return {
    everyMs: 0,
    works: async () => [...new Set([...kept.keys()].map((key) => Number.parseInt(key, 10)))],
    read: async (work, which) => kept.get(`${work} ${which}`) ?? null,
    async write(work, checkpoint) {
      const before = kept.get(`${work} newest`)
      if (before !== undefined) kept.set(`${work} before`, before)
      kept.set(`${work} newest`, checkpoint)
    },
    async remove(work) {
      kept.delete(`${work} newest`)
      kept.delete(`${work} before`)
    },
    spoil: (work) => void kept.set(`${work} newest`, { unusable: 'a test spoilt it' }),
    kept: () => [...kept.keys()],
  }
}

/** One part of a run over the same store: `told` facts of it are written down. */
function part(store: CheckpointStore, told: number, images = 'same') {
  // On a clock that stands still nothing costs time, so every checkpoint is due.
  const host = { ...memoryHost({ now: () => 0 }), checkpoints: store }
  const course = createCourse(told, (fact) => host.facts.push(fact))
  const ledger = createStreamLedger()
  const whole = { ...host, course, emit: course.emit }
  const clock = createStageClock([], whole, () => checkpoints)
  const checkpoints = createCheckpoints({ host: whole, clock, ledger, images: () => images, stop: () => undefined })
  const notes = (): string[] => host.facts.flatMap((fact) => (fact.type === 'run.note' ? [fact.text] : []))
  return { checkpoints, random: createRandomStreams(1, '', ledger), emit: course.emit, notes }
}

/** Leaves checkpoints after epochs 1 and 2, one fact and one random draw each. */
async function runTwoEpochs(store: CheckpointStore): Promise<number> {
  const { checkpoints, random, emit } = part(store, 0)
  const rng = random.stream('draws')
  const work = await checkpoints.begin('work')
  for (const epoch of [1, 2]) {
    rng.uniform()
    emit({ type: 'run.stage', index: epoch })
    const weights = tf.scalar(epoch)
    await work.keep(`epoch ${epoch}`, () => ({ data: { epoch }, tensors: { weights } }))
    weights.dispose()
  }
  return rng.uniform()
}

describe('checkpoints of a run', () => {
  beforeAll(useJavascriptBackend)

  it('put back state, random streams and the place in the course', async () => {
    const store = memoryStore()
    const next = await runTwoEpochs(store)
    const { checkpoints, random, emit, notes } = part(store, 2)
    const rng = random.stream('draws')
    const { reached, isDone } = await checkpoints.begin('work')
    expect([reached?.data, isDone, reached?.tensors['weights']?.dataSync()[0]]).toEqual([{ epoch: 2 }, false, 2])
    expect(rng.uniform()).toBe(next)
    emit({ type: 'run.stage', index: 3 })
    expect(notes()).toEqual([])
    tf.dispose(reached?.tensors ?? {})
  })

  it('fall back to the one before where the newest is bad, and say so', async () => {
    const store = memoryStore()
    await runTwoEpochs(store)
    store.spoil(0)
    const { checkpoints, notes } = part(store, 2)
    const { reached } = await checkpoints.begin('work')
    expect(reached?.data).toEqual({ epoch: 1 })
    expect(notes()[0]).toContain('a test spoilt it')
    tf.dispose(reached?.tensors ?? {})
  })

  it('are not used ahead of what was written down', async () => {
    const store = memoryStore()
    await runTwoEpochs(store)
    const { reached } = await part(store, 1).checkpoints.begin('work')
    expect(reached?.data).toEqual({ epoch: 1 })
    expect((await part(store, 0).checkpoints.begin('work')).reached).toBeNull()
    tf.dispose(reached?.tensors ?? {})
  })

  it('are refused for other images, and passed over for other work', async () => {
    const store = memoryStore()
    await runTwoEpochs(store)
    await expect(part(store, 2, 'other').checkpoints.begin('work')).rejects.toThrow(/no longer those/)
    expect((await part(store, 2).checkpoints.begin('something else')).reached).toBeNull()
  })

  it('keep nothing that is not a number', async () => {
    const store = memoryStore()
    const { checkpoints } = part(store, 0)
    const work = await checkpoints.begin('work')
    const weights = tf.scalar(NaN)
    await work.keep('epoch 1', () => ({ data: null, tensors: { weights } }))
    weights.dispose()
    expect(store.kept()).toEqual([])
  })

  it('of work inside other work go when that is done', async () => {
    const store = memoryStore()
    const first = part(store, 0).checkpoints
    const outer = await first.begin('outer')
    const inner = await first.begin('inner')
    await inner.keep('epoch 1', () => ({ data: 1, tensors: {} }))
    await outer.finish({ data: 'answer', tensors: {} })
    expect(store.kept()).toEqual(['0 newest'])
    const again = await part(store, 0).checkpoints.begin('outer')
    expect([again.isDone, again.reached?.data]).toEqual([true, 'answer'])
  })
})
