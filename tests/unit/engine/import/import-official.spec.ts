import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AppError } from '../../../../src-shared/contract/errors.js'
import {
  cifar10,
  cifar100,
  fashionMnist,
  mnist,
  type OfficialDataset,
} from '../../../../src-shared/model/official-datasets.js'
import { importOfficial } from '../../../../src-main/engine/import/import-official.js'
import { importLimits } from '../../../../src-main/engine/import/limits.js'
import { cifarPickle, cifarPlanes, cifarRecord, idxImages, idxLabels, tar, zip } from '../../../helpers/archives.js'
import { refusalOf } from '../../../helpers/refusals.js'

const joined = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts))
const hash = (kind: 'md5' | 'sha256', bytes: Uint8Array): string => createHash(kind).update(bytes).digest('hex')
const range = (count: number): number[] => [...Array(count).keys()]

/** The files of a dataset of ten training and ten test images, one of each class. */
const idxFiles = (shift = 0): Record<string, Uint8Array> => ({
  'train-images-idx3-ubyte': idxImages(10, 28, 28, (i) => (i + shift) % 256),
  'train-labels-idx1-ubyte': idxLabels(range(10)),
  't10k-images-idx3-ubyte': idxImages(10, 28, 28, (i) => (i * 3 + shift) % 256),
  't10k-labels-idx1-ubyte': idxLabels(range(10)),
})
const small = { trainImages: 10, testImages: 10, isBalanced: true, published: [], contents: {} }
const digits: OfficialDataset = { ...mnist, ...small }

const batchLabels = [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]] // prettier-ignore
const cifarBinaryFiles: Record<string, Uint8Array> = {
  ...Object.fromEntries(
    batchLabels.map((labels, i) => [
      `data_batch_${i + 1}.bin`,
      joined(...labels.map((label) => cifarRecord([label], cifarPlanes(label)))),
    ]),
  ),
  'test_batch.bin': joined(...range(10).map((label) => cifarRecord([label], cifarPlanes(label + 100)))),
}
const cifarPythonFiles: Record<string, Uint8Array> = {
  ...Object.fromEntries(
    batchLabels.map((labels, i) => [`data_batch_${i + 1}`, cifarPickle('labels', labels, labels.map(cifarPlanes))]),
  ),
  test_batch: cifarPickle('labels', range(10), range(10).map((label) => cifarPlanes(label + 100))), // prettier-ignore
}

describe('importing an official dataset', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'official-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const put = async (files: Record<string, Uint8Array>): Promise<string> => {
    for (const [name, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), bytes)
    }
    return folder
  }
  const bring = (facts: OfficialDataset, path = folder) =>
    importOfficial(facts, path, { limits: importLimits, now: () => new Date('2026-01-31T14:25:00Z') })
  const packed = (files: Record<string, Uint8Array>, inside = ''): Record<string, Uint8Array> =>
    Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${inside}${name}.gz`, gzipSync(bytes)]))
  const entriesOf = (files: Record<string, Uint8Array>, inside: string) =>
    Object.entries(files).map(([name, content]) => ({ name: `${inside}${name}`, content }))

  it('reads IDX files packed or not, under either spelling, in a folder further in or an archive, all to the same bytes', async () => {
    const files = idxFiles()
    const plain = await bring(digits, await put(files))
    expect(plain.header).toMatchObject({ id: 'mnist', trainImages: 10, testImages: 10, verified: 'structure' })
    expect([...plain.bytes.trainPixels.subarray(0, 3)]).toEqual([0, 1, 2])
    expect([...plain.bytes.testLabels]).toEqual(range(10))

    await put(packed(files, 'MNIST/raw/'))
    expect((await bring(digits, join(folder, 'MNIST'))).bytes.all).toEqual(plain.bytes.all)
    // One of the files stands for its folder.
    const one = join(folder, 'MNIST', 'raw', 't10k-images-idx3-ubyte.gz')
    expect((await bring(digits, one)).bytes.all).toEqual(plain.bytes.all)
    const dotted = Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [`dots/${name.replace('-idx', '.idx')}`, bytes]),
    )
    await put(dotted)
    expect((await bring(digits, join(folder, 'dots'))).bytes.all).toEqual(plain.bytes.all)
    await writeFile(join(folder, 'all.zip'), zip(entriesOf(files, 'x/')))
    expect((await bring(digits, join(folder, 'all.zip'))).bytes.all).toEqual(plain.bytes.all)
  })

  it('verifies the content, not how it is packed', async () => {
    const files = idxFiles()
    const known = {
      ...digits,
      contents: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, hash('sha256', bytes)])),
    }
    const path = await put(packed(files))
    expect((await bring(known, path)).header).toMatchObject({ verified: 'checksum', notes: [] })

    const packedHere = Object.values(packed(files))
    const published = packedHere.map((bytes, i) => ({ name: `${i}`, bytes: bytes.length, md5: hash('md5', bytes) }))
    expect((await bring({ ...digits, published }, path)).header.verified).toBe('checksum')

    await put(packed({ 'train-images-idx3-ubyte': idxFiles(1)['train-images-idx3-ubyte']! }))
    expect(await refusalOf(() => bring(known, path))).toMatch(
      /^train-images-idx3-ubyte[.]gz: is not that of MNIST: its content has the sha256/,
    )
  })

  it('reads both forms of CIFAR-10 to the same bytes, from a folder or an archive', async () => {
    const facts = { ...cifar10, ...small }
    const binary = await bring(facts, await put(cifarBinaryFiles))
    expect([...binary.bytes.trainLabels]).toEqual(range(10))
    expect([...binary.bytes.trainPixels.subarray(3072, 3075)]).toEqual([1, 41, 81])

    await writeFile(join(folder, 'python.tar.gz'), gzipSync(tar(entriesOf(cifarPythonFiles, 'cifar-10-batches-py/'))))
    expect((await bring(facts, join(folder, 'python.tar.gz'))).bytes.all).toEqual(binary.bytes.all)
    const archive = gzipSync(tar(entriesOf(cifarBinaryFiles, 'cifar-10-batches-bin/')))
    await writeFile(join(folder, 'binary.tgz'), archive)
    const published = [{ name: 'binary.tgz', bytes: archive.length, md5: hash('md5', archive) }]
    const verified = await bring({ ...facts, published }, join(folder, 'binary.tgz'))
    expect(verified.bytes.all).toEqual(binary.bytes.all)
    expect(verified.header.verified).toBe('checksum')
  })

  it('reads both forms of CIFAR-100 by class', async () => {
    const facts = { ...cifar100, ...small, trainImages: 100, testImages: 100 }
    const images = range(100).map((label) => cifarPlanes(label))
    const records = joined(...images.map((planes, label) => cifarRecord([label % 20, label], planes)))
    const binary = await bring(facts, await put({ 'train.bin': records, 'test.bin': records }))
    const batch = cifarPickle('fine_labels', range(100), images)
    await put({ 'python/train': batch, 'python/test': batch })
    expect((await bring(facts, join(folder, 'python'))).bytes.all).toEqual(binary.bytes.all)
  })

  it.each([
    [
      'a wrong number of images',
      { 't10k-images-idx3-ubyte': idxImages(9, 28, 28, () => 0), 't10k-labels-idx1-ubyte': idxLabels(range(9)) },
      'the dataset has 10 test images, but 9 were found',
    ],
    [
      'labels that are too few',
      { 'train-labels-idx1-ubyte': idxLabels(range(9)) },
      'train-labels-idx1-ubyte: holds 9 labels for 10 images',
    ],
    [
      'a class that does not exist',
      { 'train-labels-idx1-ubyte': idxLabels([...range(9), 10]) },
      'image 9 is of class 10; there are 10 (at byte 17)',
    ],
    [
      'images of another size',
      { 'train-images-idx3-ubyte': idxImages(10, 27, 28, () => 0) },
      'holds images of 27 x 28, not 28 x 28',
    ],
    [
      'classes of unequal size',
      { 'train-labels-idx1-ubyte': idxLabels([0, ...range(9)]) },
      'is not MNIST: class 0 has 2 training images instead of 1',
    ],
    [
      'a cut-off file',
      { 'train-images-idx3-ubyte': idxFiles()['train-images-idx3-ubyte']!.subarray(0, 100) },
      'train-images-idx3-ubyte: is cut off',
    ],
  ])('refuses %s, naming the file', async (_what, wrong, message) => {
    expect(await refusalOf(async () => bring(digits, await put({ ...idxFiles(), ...wrong })))).toContain(message)
  })

  it('says which files are missing, and which dataset those that are there look like', async () => {
    const path = await put(cifarBinaryFiles)
    const error = await bring(fashionMnist, path).catch((thrown: AppError) => thrown)
    expect(error).toMatchObject({ code: 'invalid-input', hint: expect.stringContaining('datasets import cifar-10') })
    expect((error as AppError).message).toContain('Its files are: train-images-idx3-ubyte, train-labels')
  })

  it('takes the right one of two datasets whose files have the same names', async () => {
    const [one, other] = [idxFiles(0), idxFiles(1)]
    const known = {
      ...digits,
      contents: Object.fromEntries(Object.entries(other).map(([name, bytes]) => [name, hash('sha256', bytes)])),
    }
    await put(packed(one, 'FashionMNIST/raw/'))
    await put(packed(other, 'MNIST/raw/'))
    expect((await bring(known)).bytes.trainPixels[0]).toBe(1)
  })
})
