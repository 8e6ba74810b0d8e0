import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src-shared/contract/errors.js'
import { checkResume } from '../../../src-main/lab/check-resume.js'
import type { CheckpointStore } from '../../../src-main/lab/checkpoints.js'
import type { DatasetReader } from '../../../src-main/lab/datasets/reader.js'
import { planExperiment } from '../../../src-main/lab/experiment-plan.js'
import { loadImages } from '../../../src-main/lab/load-images.js'
import { createRandomStreams } from '../../../src-main/lab/random/streams.js'
import { memoryReader } from '../../helpers/memory-host.js'

const plan = planExperiment(
  { dataset: { id: 'mnist' }, model: { id: 'small-cnn' }, attack: null, defenses: [] },
  memoryReader,
)
const { images } = await loadImages(plan, memoryReader, createRandomStreams(plan.experiment.seed))
const clock = { stage: 0, spentMs: {}, totalMs: 0 }
const header = {
  work: 'w',
  at: 'a',
  isDone: false,
  data: null,
  told: 0,
  begun: 1,
  isStopping: false,
  clock,
  random: {},
}

/** Two pieces of work, of which the second has a checkpoint. */
const storeOf = (read: CheckpointStore['read']): Pick<CheckpointStore, 'works' | 'read'> => ({
  works: async () => [0, 1],
  read: async (work, which) => (work === 1 && which === 'before' ? read(work, which) : null),
})
const check = (read: CheckpointStore['read'], reader: DatasetReader = memoryReader): Promise<void> =>
  checkResume(plan, reader, { images: null, checkpoints: storeOf(read) })

describe('before a run is resumed', () => {
  it('nothing is wrong with checkpoints of the same images, damaged ones, or none', async () => {
    const sound: CheckpointStore['read'][] = [
      async () => ({ header: { ...header, images }, tensors: {} }),
      async () => ({ unusable: 'a test spoilt it' }),
      async () => ({ header: 'what is this', tensors: {} }),
      async () => null,
    ]
    for (const read of sound) await expect(check(read)).resolves.toBeUndefined()
  })

  it('one of other images is refused', async () => {
    const other = check(async () => ({ header: { ...header, images: 'others' }, tensors: {} }))
    await expect(other).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('no longer those') })
  })

  it('a run that began with other images is refused without any checkpoint', async () => {
    const checkpoints = storeOf(async () => null)
    await checkResume(plan, memoryReader, { images, checkpoints })
    await expect(checkResume(plan, memoryReader, { images: 'others', checkpoints })).rejects.toThrow('no longer those')
  })

  it('one of a newer version is refused', async () => {
    const newer = new AppError({ code: 'conflict', message: 'A newer version of the program has worked on this run.' })
    await expect(check(async () => Promise.reject(newer))).rejects.toBe(newer)
  })

  it('a dataset that is gone is missed', async () => {
    const missing = new AppError({ code: 'data-missing', message: 'It is not on this machine.' })
    const reader = { ...memoryReader, stored: async () => Promise.reject(missing) }
    await expect(check(async () => null, reader)).rejects.toBe(missing)
  })
})
