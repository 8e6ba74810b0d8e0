import { describe, expect, it } from 'vitest'
import { attacks } from '../../../src-main/lab/attacks/index.js'
import { imageAt } from '../../../src-main/lab/data/image-set.js'
import { datasets } from '../../../src-main/lab/datasets/index.js'
import { previewTrigger } from '../../../src-main/lab/preview-trigger.js'
import { createRandomStreams } from '../../../src-main/lab/random/streams.js'
import { TriggerPreview } from '../../../src-shared/model/trigger-preview.js'
import { memoryReader } from '../../helpers/memory-host.js'

const experiment = {
  seed: 3,
  dataset: { id: 'mnist-10k' },
  attack: { id: 'badnets', params: { targetClass: 7 } },
  // Wrong on purpose: a preview does not look here.
  training: { epochs: 0 },
}
const preview = (change: object = {}, offset = 0, count = 16) =>
  previewTrigger({ experiment: { ...experiment, ...change }, offset, count }, memoryReader)

describe('the preview of a trigger', () => {
  it('shows the very images that the run will poison', async () => {
    const shown = TriggerPreview.parse(await preview({}, 10, 4))
    const random = createRandomStreams(3)
    const [dataset] = datasets.all
    const { info, train } = await dataset!.load(dataset!.params.parse({}), {
      reader: memoryReader,
      random: random.within('dataset'),
    })
    const badnets = attacks.get('badnets', 'attack')
    const params = badnets.params.parse({ targetClass: 7 })
    const setting = { train, data: info, random: random.within('attack') }
    const planted = badnets.plant(params, badnets.createTrigger(params, info, setting.random), setting)
    const indices = [...planted.poisonedIndices.subarray(10, 14)]
    expect(shown.samples.map(({ index }) => index)).toEqual(indices)
    expect(shown.samples.every(({ poisonedClass }) => poisonedClass === 7)).toBe(true)
    const bytes = Buffer.from(shown.poisoned.base64, 'base64')
    expect(Buffer.compare(bytes.subarray(0, 784), imageAt(planted.poisonedTrain, indices[0]!))).toBe(0)
    expect(
      Buffer.compare(Buffer.from(shown.clean.base64, 'base64').subarray(0, 784), imageAt(train, indices[0]!)),
    ).toBe(0)
    expect(shown).toMatchObject({
      poisonedImages: 375,
      trainingImages: 7500,
      trigger: { count: 1, height: 3, width: 3 },
      note: null,
    })
  })

  it('can be paged through to the end and beyond', async () => {
    expect((await preview({}, 370)).samples).toHaveLength(5)
    expect((await preview({}, 9_999)).samples).toHaveLength(0)
  })

  it('refuses what is wrong in what it looks at, and an experiment without attack', async () => {
    await expect(preview({ attack: { id: 'badnets', params: { poisonRate: 2 } } })).rejects.toMatchObject({
      fields: [{ path: 'attack.params.poisonRate' }],
    })
    await expect(preview({ attack: null })).rejects.toMatchObject({ fields: [{ path: 'attack' }] })
  })
})
