import { describe, expect, it } from 'vitest'
import { datasets } from '../../src-main/lab/datasets/index.js'
import { createRandomStreams } from '../../src-main/lab/random/streams.js'
import { memoryReader } from '../helpers/memory-host.js'

const load = (dataset: (typeof datasets.all)[number], seed: number, params: object = {}) =>
  dataset.load(dataset.params.parse(params), { reader: memoryReader, random: createRandomStreams(seed) })

describe.each(datasets.all.map((dataset) => [dataset.id, dataset] as const))('dataset %s', (_id, dataset) => {
  it('keeps what it says of itself, with labels of every class in both splits', async () => {
    const { info, train, test } = await load(dataset, 1)
    expect(info).toEqual(dataset.describe(dataset.params.parse({}), memoryReader))
    for (const split of [train, test]) {
      expect(split.shape).toEqual(info.shape)
      expect(new Set(split.labels).size).toBe(info.classNames.length)
      expect(Math.max(...split.labels)).toBe(info.classNames.length - 1)
    }
    expect(info.pixelNormalization.mean).toHaveLength(info.shape.channels)
  })

  it('gives the same images for the same seed', async () => {
    const [one, again] = [await load(dataset, 1), await load(dataset, 1)]
    expect(again.train.labels).toEqual(one.train.labels)
    expect(again.test.pixels).toEqual(one.test.pixels)
  })
})

describe.each(datasets.all.map((dataset) => [dataset.id, dataset] as const))('a part of dataset %s', (_id, dataset) => {
  it('has the asked number of images, as many of each class as can be, the same for the same seed', async () => {
    const { info, train: all } = await load(dataset, 1)
    const classes = info.classNames.length
    const params = dataset.params.parse({ trainImages: classes * 2 + 1, testImages: classes })
    expect(dataset.check(params, memoryReader)).toEqual([])
    const [one, again, other] = [
      await load(dataset, 1, params as object),
      await load(dataset, 1, params as object),
      await load(dataset, 2, params as object),
    ]
    expect([one.train.count, one.test.count]).toEqual([classes * 2 + 1, classes])
    const counts = countByClass(one.train.labels, classes)
    expect([Math.min(...counts), Math.max(...counts)]).toEqual([2, 3])
    expect(countByClass(one.test.labels, classes)).toEqual(Array.from({ length: classes }, () => 1))
    expect(again.train.pixels).toEqual(one.train.pixels)
    expect(other.train.pixels).not.toEqual(one.train.pixels)
    expect(all.count).toBeGreaterThan(one.train.count)
  })

  it('is refused where there are not so many images', () => {
    const params = dataset.params.parse({ trainImages: 1_000_000 })
    expect(dataset.check(params, memoryReader)).toEqual([
      { path: 'trainImages', value: '1000000', message: expect.stringMatching(/^must be at most \d+/) },
    ])
  })
})

function countByClass(labels: Uint8Array, classes: number): number[] {
  const counts = Array.from({ length: classes }, () => 0)
  for (const label of labels) counts[label] = counts[label]! + 1
  return counts
}

describe('image-folder', () => {
  it('is refused under a name that nothing was imported under, naming those that were', () => {
    const dataset = datasets.get('image-folder', 'dataset.id')
    expect(dataset.check(dataset.params.parse({ name: 'birds' }), memoryReader)).toEqual([
      { path: 'name', value: '"birds"', message: 'is not the name of an imported folder; imported: images' },
    ])
  })
})

describe('mnist-10k', () => {
  const [dataset] = datasets.all
  it('splits 10,000 real digits into 7,500 and 2,500, none of them twice', async () => {
    const { train, test } = await load(dataset!, 1)
    expect([train.count, test.count]).toEqual([7500, 2500])
    const images = new Set<string>()
    for (const split of [train, test]) {
      for (let i = 0; i < split.count; i++)
        images.add(Buffer.from(split.pixels.subarray(i * 784, (i + 1) * 784)).toString('latin1'))
    }
    // The package itself holds a handful of digits twice.
    expect(images.size).toBeGreaterThan(9_900)
    const counts = Array.from(
      { length: 10 },
      (_, digit) => [...train.labels, ...test.labels].filter((label) => label === digit).length,
    )
    expect(counts).toEqual([1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978])
    expect(train.pixels.reduce((a, b) => Math.max(a, b))).toBe(255)
  })

  it('splits differently for another seed, and draws a smaller set when asked', async () => {
    const [one, other, small] = [
      await load(dataset!, 1),
      await load(dataset!, 2),
      await load(dataset!, 1, { images: 400 }),
    ]
    expect(other.train.labels).not.toEqual(one.train.labels)
    expect([small.train.count, small.test.count]).toEqual([300, 100])
  })
})
