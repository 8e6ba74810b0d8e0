import { describe, expect, it } from 'vitest'
import type { SavedTrigger } from '../../../src-main/lab/define.js'
import { imageAt } from '../../../src-main/lab/data/image-set.js'
import { planExperiment } from '../../../src-main/lab/experiment-plan.js'
import { describeSamples } from '../../../src-main/lab/inspect/samples.js'
import { openRun, type OpenRun } from '../../../src-main/lab/inspect/open-run.js'
import { checkIndices, patchMark, viewImages } from '../../../src-main/lab/inspect/view-images.js'
import { createRandomStreams } from '../../../src-main/lab/random/streams.js'
import { bytesOf, intsOf } from '../../../src-shared/model/array-block.js'
import type { Region } from '../../../src-shared/model/inspection.js'
import { memoryReader } from '../../helpers/memory-host.js'

const SEED = 3

function open(attack: object | null, saved: SavedTrigger | null = null): Promise<OpenRun> {
  const experiment = { dataset: { id: 'cifar-10' }, model: { id: 'small-cnn' }, attack, seed: SEED, defenses: [] }
  return openRun(planExperiment(experiment, memoryReader), memoryReader, saved)
}

const random = { id: 'badnets', params: { poisonRate: 0.5, targetClass: 2, trigger: { pattern: 'white', size: 4 } } }

/** Pixels that differ, as the smallest region around them. */
function changed(clean: Uint8Array, shown: Uint8Array, width: number, channels: number): Region | null {
  const rows: number[] = []
  const columns: number[] = []
  clean.forEach((value, k) => {
    if (value === shown[k]) return
    rows.push(Math.floor(k / (width * channels)))
    columns.push(Math.floor(k / channels) % width)
  })
  if (rows.length === 0) return null
  const [top, left] = [Math.min(...rows), Math.min(...columns)]
  return { top, left, height: Math.max(...rows) - top + 1, width: Math.max(...columns) - left + 1 }
}

describe('a run that is opened again', () => {
  it('deals every test image once, and every training image', async () => {
    const { splits } = await open(random)
    const dealt = [...splits.evaluation.positions, ...splits.defender.positions]
    expect(dealt.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, k) => k))
    expect(splits.train.images.count).toBe(40)
  })

  it('has the very poisoned images that the victim was trained on', async () => {
    const run = await open(random)
    const { train } = run.splits
    const { definition, params } = run.plan.attack!
    const streams = createRandomStreams(SEED).within('attack')
    const trigger = definition.createTrigger(params, run.plan.data, streams)
    const planted = definition.plant(params, trigger, { train: train.images, data: run.plan.data, random: streams })
    const poisoned = [...planted.poisonedIndices]
    const facts = describeSamples(run, 'train')
    expect([...bytesOf(facts.poisoned).entries()].flatMap(([k, is]) => (is === 1 ? [k] : []))).toEqual(poisoned)
    for (const index of poisoned) {
      expect(run.triggered('train', index).pixels).toEqual(imageAt(planted.poisonedTrain, index))
    }
  })

  it('knows where the trigger is on every image of every split, and puts it there each time', async () => {
    const [run, again] = [await open(random), await open(random)]
    for (const split of ['evaluation', 'defender', 'train'] as const) {
      const { images } = run.splits[split]
      const regions = intsOf(describeSamples(run, split).regions!)
      for (let index = 0; index < images.count; index++) {
        const { pixels, region } = run.triggered(split, index)
        // White differs from every pixel of these images somewhere, so that the changed ones fill the region.
        const found = changed(imageAt(images, index), pixels, 32, 3)!
        expect(found.top).toBeGreaterThanOrEqual(region.top)
        expect(found.top + found.height).toBeLessThanOrEqual(region.top + region.height)
        expect(found.left).toBeGreaterThanOrEqual(region.left)
        expect(found.left + found.width).toBeLessThanOrEqual(region.left + region.width)
        expect([...regions.subarray(4 * index, 4 * index + 4)]).toEqual([region.top, region.left, 4, 4])
        expect(again.triggered(split, index).pixels).toEqual(pixels)
      }
    }
  })

  it('leaves its own images as they are', async () => {
    const run = await open(random)
    const before = run.splits.evaluation.images.pixels.slice()
    const { set } = viewImages(run, 'evaluation', [0, 1, 2], { kind: 'triggered' })
    expect(set.pixels).not.toEqual(before.subarray(0, set.pixels.length))
    expect(run.splits.evaluation.images.pixels).toEqual(before)
  })

  it('puts a recovered trigger where the true one is, or where it is told, always inside the image', async () => {
    const run = await open({ id: 'badnets', preset: 'white-corner' })
    const patch = patchMark({ height: 5, width: 5, channels: 3 }, new Uint8Array(75).fill(9))
    const at = (place: { row: number; column: number } | null): Region | null =>
      viewImages(run, 'evaluation', [0], { kind: 'recovered', patch, place }).regions[0]!
    expect(at(null)).toEqual({ top: 27, left: 27, height: 5, width: 5 })
    expect(at({ row: 3, column: 99 })).toEqual({ top: 3, left: 27, height: 5, width: 5 })
  })

  it('refuses samples that are not there, and triggers where there is none', async () => {
    const run = await open(null)
    expect(() => checkIndices(run, 'defender', [0, 5])).toThrow('sample 5 does not exist: the defender split')
    expect(() => run.triggered('evaluation', 0)).toThrow('This run has no attack, so it has no trigger.')
    expect(describeSamples(run, 'evaluation').regions).toBeNull()
  })
})

describe('a trigger that the run optimised', () => {
  const attack = { id: 'trojannn', params: { trigger: { position: 'top-left' } } }
  const picture = {
    shape: { height: 3, width: 3, channels: 3 },
    pixels: Uint8Array.from({ length: 27 }, (_, k) => 9 * k),
  }

  it('is painted as its picture shows it', async () => {
    const run = await open(attack, { picture, tensors: null })
    const { pixels, region } = run.triggered('evaluation', 0)
    expect(region).toEqual({ top: 0, left: 0, height: 3, width: 3 })
    for (let row = 0; row < 3; row++) {
      expect(pixels.slice(row * 96, row * 96 + 9)).toEqual(picture.pixels.slice(9 * row, 9 * row + 9))
    }
  })

  it('is not known where the run did not get as far as saving it, and the rest is', async () => {
    const run = await open(attack)
    expect(run.attack).toMatchObject({
      trigger: null,
      problem: expect.stringContaining('TrojanNN optimised its trigger') as string,
    })
    expect(() => run.triggered('evaluation', 0)).toThrow('did not get as far as saving it')
    expect(viewImages(run, 'evaluation', [0], { kind: 'clean' }).set.count).toBe(1)
  })
})
