import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDatasetReader } from '../../../src-main/engine/dataset-reader.js'
import {
  allocateDataset,
  readDataset,
  readDatasetHeader,
  writeDataset,
} from '../../../src-main/storage/dataset-file.js'
import { refusalOf } from '../../helpers/refusals.js'
import { tinyStored } from '../../helpers/tiny-datasets.js'

const { info, train, test } = tinyStored('image-folder', 'images')!

describe('a stored dataset', () => {
  let folder = ''
  let path = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stored-'))
    path = join(folder, 'image-folder--images.dataset')
    const bytes = allocateDataset(info)
    bytes.trainPixels.set(train.pixels)
    bytes.trainLabels.set(train.labels)
    bytes.testPixels.set(test.pixels)
    bytes.testLabels.set(test.labels)
    await writeDataset(path, info, bytes)
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('comes back as it was written, header alone or all of it', async () => {
    const header = readDatasetHeader(path)
    expect(header).toEqual({ ...info, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
    const { bytes } = await readDataset(path)
    expect(Buffer.from(bytes.trainPixels).equals(train.pixels)).toBe(true)
    expect([...bytes.testLabels]).toEqual([...test.labels])
    expect(readDatasetHeader(join(folder, 'nothing'))).toBeNull()
  })

  it('is refused when a byte of it has changed or is missing', async () => {
    const whole = await readFile(path)
    const change = async (bytes: Uint8Array): Promise<string> => {
      await writeFile(path, bytes)
      return refusalOf(() => readDataset(path))
    }
    expect(await change(whole.with(whole.length - 1, whole.at(-1)! ^ 1))).toContain('its bytes have changed since')
    expect(await change(whole.subarray(0, whole.length - 1))).toContain(
      `it has ${whole.length - 1} bytes where its header promises ${whole.length}`,
    )
    expect(await change(whole.with(0, 0))).toContain('it does not begin as a stored dataset')
    expect(await change(whole.with(11, 255))).toContain('its header claims')
    expect(await change(whole.with(20, 0))).toContain('is not a stored dataset of this version')
    expect(await change(whole.subarray(0, 5))).toContain('it does not begin as a stored dataset')
    expect(await refusalOf(() => readDatasetHeader(path))).toContain('it does not begin as a stored dataset')
  })

  it('is found by its name, read once, and read anew after it was replaced', async () => {
    const reader = createDatasetReader(folder)
    expect(reader.names('image-folder')).toEqual(['images'])
    expect(reader.names('mnist')).toEqual([])
    expect(reader.find('image-folder', 'images')?.classNames).toEqual(info.classNames)
    const [one, again] = [await reader.stored('image-folder', 'images'), await reader.stored('image-folder', 'images')]
    expect(again.train.pixels).toBe(one.train.pixels)
    expect(one.train.shape).toEqual(info.shape)
    const bytes = allocateDataset({ ...info, trainImages: 1, testImages: 1 })
    await writeDataset(path, { ...info, trainImages: 1, testImages: 1 }, bytes)
    expect((await reader.stored('image-folder', 'images')).train.count).toBe(1)
    expect(await refusalOf(() => reader.stored('mnist', null))).toBe('The dataset mnist is not on this machine yet.')
  })
})
