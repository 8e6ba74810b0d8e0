import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ImportOptions } from '../../../../src-shared/model/dataset.js'
import { importFolder } from '../../../../src-main/engine/import/import-folder.js'
import { importLimits, type ImportLimits } from '../../../../src-main/engine/import/limits.js'
import { jpeg, png, tar, zip } from '../../../helpers/archives.js'
import { refusalOf } from '../../../helpers/refusals.js'

const red = [200, 40, 60] as const
const gray = (value: number, side = 6) => png(side, side, 1, () => value)

describe('importing a folder of images', () => {
  let folder = ''
  let photo: Uint8Array
  beforeAll(async () => {
    photo = await jpeg(8, 6, red)
  })
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pictures-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const put = async (files: Record<string, Uint8Array>): Promise<void> => {
    for (const [name, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), bytes)
    }
  }
  const bring = (path = folder, options: object = {}, limits: Partial<ImportLimits> = {}) =>
    importFolder({
      path,
      name: 'pictures',
      options: ImportOptions.parse(options),
      limits: { ...importLimits, ...limits },
      now: () => new Date('2026-01-31T14:25:00Z'),
      report: () => {},
    })
  const split: Record<string, Uint8Array> = {
    'train/cat/b.png': gray(20),
    'train/cat/a.png': gray(10),
    'train/dog/a.png': gray(30),
    'test/cat/a.png': gray(40),
    'test/dog/a.png': gray(50),
  }

  it('takes splits and classes from the names of folders, in their order', async () => {
    await put({ ...split, 'README.txt': new Uint8Array(3), 'train/.DS_Store': new Uint8Array(3) })
    const { header, bytes } = await bring()
    expect(header).toMatchObject({
      id: 'image-folder',
      name: 'pictures',
      shape: { height: 6, width: 6, channels: 1 },
      classNames: ['cat', 'dog'],
      trainImages: 3,
      testImages: 2,
      notes: ['Left out: 1 files that are no pictures.'],
    })
    // In some order; each picture with its own class.
    const trained = [0, 1, 2].map((i) => [bytes.trainPixels[36 * i], bytes.trainLabels[i]])
    expect(trained.toSorted()).toEqual([
      [10, 0],
      [20, 0],
      [30, 1],
    ])
    const tested = [0, 1].map((i) => [bytes.testPixels[36 * i], bytes.testLabels[i]])
    expect(tested.toSorted()).toEqual([
      [40, 0],
      [50, 1],
    ])
    expect(header.pixelNormalization.mean[0]).toBeCloseTo(20 / 255, 4)
    expect(header.pixelNormalization.deviation[0]).toBeCloseTo(Math.sqrt(200 / 3) / 255, 4)
  })

  it('reads archives as it reads folders', async () => {
    await put(split)
    const expected = (await bring()).bytes.all
    const entries = Object.entries(split).map(([name, content]) => ({ name: `some/where/${name}`, content }))
    const archives = {
      'a.tar.gz': gzipSync(tar(entries)),
      'a.tgz': gzipSync(tar(entries)),
      'a.tar': tar(entries),
      'a.zip': zip(entries),
    }
    for (const [name, bytes] of Object.entries(archives)) {
      await writeFile(join(folder, name), bytes)
      expect((await bring(join(folder, name))).bytes.all, name).toEqual(expected)
      await rm(join(folder, name))
    }
  })

  it('splits one folder of classes by the seed, class by class', async () => {
    const files = Array.from({ length: 30 }, (_, i) => [`${i < 20 ? 'cat' : 'dog'}/${i}.png`, gray(i)] as const)
    await put(Object.fromEntries(files))
    const [one, again, other] = [await bring(), await bring(), await bring(folder, { splitSeed: 2 })]
    expect([one.header.trainImages, one.header.testImages]).toEqual([24, 6])
    expect([...one.bytes.testLabels].toSorted()).toEqual([0, 0, 0, 0, 1, 1])
    expect([...one.bytes.trainLabels]).not.toEqual([...one.bytes.trainLabels].toSorted())
    expect(again.bytes.all).toEqual(one.bytes.all)
    expect(other.bytes.testPixels).not.toEqual(one.bytes.testPixels)
    const seen = [...one.bytes.trainPixels, ...one.bytes.testPixels].filter((_, i) => i % 36 === 0)
    expect(seen.toSorted((a, b) => a - b)).toEqual([...Array(30).keys()])
    expect((await bring(folder, { testShare: 0.5 })).header.testImages).toBe(15)
  })

  it('makes everything RGB where one picture has a colour, and gray when asked', async () => {
    await put({
      'cat/a.png': png(8, 6, 1, () => 90),
      'cat/b.jpg': photo,
      'dog/a.jpeg': photo,
      'dog/b.png': png(8, 6, 4, (i) => [200, 40, 60, 9][i % 4]!),
    })
    const { header, bytes } = await bring()
    expect(header.shape).toEqual({ height: 8, width: 6, channels: 3 })
    const all = [...bytes.trainPixels, ...bytes.testPixels]
    const firsts = [0, 1, 2, 3].map((i) => all.slice(i * 144, i * 144 + 3))
    expect(firsts.filter((pixel) => pixel.every((value) => value === 90))).toHaveLength(1)
    for (const pixel of firsts.filter(([value]) => value !== 90)) {
      pixel.forEach((value, c) => expect(Math.abs(value - red[c]!)).toBeLessThan(4))
    }
    const toGray = await bring(folder, { channels: 'gray' })
    expect(toGray.header.shape.channels).toBe(1)
    // 0.299 x 200 + 0.587 x 40 + 0.114 x 60
    expect(
      [...toGray.bytes.trainPixels, ...toGray.bytes.testPixels].filter((value) => Math.abs(value - 90) < 3),
    ).toHaveLength(4 * 48)
  })

  it('asks for a size where pictures differ, then shrinks by area and grows linearly', async () => {
    const square = png(4, 4, 1, () => 60)
    const ramp = png(1, 2, 1, (i) => i * 100)
    await put({ 'a/1.png': square, 'a/2.png': square, 'b/1.png': ramp, 'b/2.png': ramp })
    expect(await refusalOf(() => bring())).toMatch(
      /the images differ in size [(]\S+ is (4 x 4|1 x 2), \S+ is (4 x 4|1 x 2)[)]; --size/,
    )
    const { header, bytes } = await bring(folder, { size: 4 })
    expect(header.notes).toContain('Resized to 4 x 4.')
    const rampAt = bytes.trainLabels.indexOf(1) * 16
    expect([...bytes.trainPixels.subarray(rampAt, rampAt + 4)]).toEqual([0, 25, 75, 100])
    await rm(folder, { recursive: true })
    await put({
      'a/1.png': png(8, 8, 1, (i) => (i % 2) * 200),
      'a/2.png': gray(7, 8),
      'b/1.png': gray(9, 8),
      'b/2.png': gray(9, 8),
    })
    const shrunk = await bring(folder, { size: 4 })
    const values = new Set([...shrunk.bytes.trainPixels, ...shrunk.bytes.testPixels])
    expect([...values].toSorted((a, b) => a - b)).toEqual([7, 9, 100])
  })

  it.each([
    ['no pictures', { 'a/x.txt': new Uint8Array(1) }, 'holds no PNG or JPEG pictures'],
    ['one class', { 'a/1.png': gray(1), 'a/2.png': gray(1) }, 'holds one class only, "a"'],
    [
      'pictures outside of classes',
      { 'a/1.png': gray(1), 'x.png': gray(1) },
      'the picture "x.png" does not lie in a folder of the form',
    ],
    ['a class without test images', { ...split, 'train/fish/1.png': gray(1) }, 'the class "fish" has no test images'],
    [
      'a picture that is none',
      { ...split, 'train/cat/c.png': new TextEncoder().encode('no picture') },
      'train/cat/c.png: is neither a PNG nor a JPEG picture (at byte 0)',
    ],
    [
      'a cut-off picture',
      { ...split, 'train/cat/c.png': gray(1).subarray(0, 50) },
      'train/cat/c.png: is cut off (at byte 50)',
    ],
  ])('refuses %s, naming it', async (_what, files, message) => {
    await put(files)
    expect(await refusalOf(() => bring())).toContain(message)
  })

  it('refuses a damaged JPEG by its name instead of making pixels up', async () => {
    const big = await jpeg(64, 64, red)
    await put({ 'a/1.jpg': big, 'a/2.jpg': big.subarray(0, big.length - 20), 'b/1.jpg': big, 'b/2.jpg': big })
    expect(await refusalOf(() => bring())).toMatch(/^a.2[.]jpg: cannot be decoded: .+/)
  })

  it('refuses links, and pictures that are larger than allowed, before decoding anything', async () => {
    await put(split)
    const huge = png(1, 1, 1, () => 0)
    new DataView(huge.buffer).setUint32(16, 60_000)
    new DataView(huge.buffer).setUint32(20, 60_000)
    await put({ 'train/cat/z.png': huge })
    expect(await refusalOf(() => bring())).toContain(
      'train/cat/z.png: is 60000 x 60000 pixels; at most 16777216 in all are read',
    )
    await rm(join(folder, 'train/cat/z.png'))
    expect(await refusalOf(() => bring(folder, {}, { storedBytes: 100 }))).toContain(
      'take more than the 100 bytes allowed',
    )
    expect(await refusalOf(() => bring(folder, {}, { entries: 3 }))).toContain('more than 3 entries')
    await symlink('/etc', join(folder, 'train', 'link'))
    expect(await refusalOf(() => bring())).toContain('"train/link" is a symbolic link, which is not followed')
  })

  describe('as arrays', () => {
    const npy = (descr: string, shape: readonly number[], bytes: Uint8Array): Uint8Array => {
      const header =
        `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`.padEnd(117) + '\n'
      const head = [
        0x93,
        ...Buffer.from('NUMPY'),
        1,
        0,
        header.length & 255,
        header.length >> 8,
        ...Buffer.from(header),
      ]
      return Uint8Array.from([...head, ...bytes])
    }
    const npz = (arrays: Record<string, Uint8Array>): Uint8Array =>
      zip(Object.entries(arrays).map(([name, content]) => ({ name: `${name}.npy`, content })))
    const labels = (...values: number[]): Uint8Array =>
      npy('<i8', [values.length], new Uint8Array(BigInt64Array.from(values, BigInt).buffer))
    const steps = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, i) => i)

    it('takes the splits of Keras, channels last or second, bytes or shares', async () => {
      await put({
        'a.npz': npz({
          x_train: npy('|u1', [2, 3, 2, 2], steps(24)),
          y_train: labels(0, 1),
          x_test: npy('<f4', [2, 3, 2, 2], new Uint8Array(new Float32Array(24).fill(0.5).buffer)),
          y_test: labels(1, 0),
          other: labels(3),
        }),
      })
      const { header, bytes } = await bring(join(folder, 'a.npz'))
      expect(header).toMatchObject({
        shape: { height: 2, width: 2, channels: 3 },
        classNames: ['0', '1'],
        trainImages: 2,
        testImages: 2,
        notes: ['Left out: other.npy.'],
      })
      const first = [...bytes.trainLabels].indexOf(0)
      expect([...bytes.trainPixels.subarray(12 * first, 12 * first + 6)]).toEqual([0, 4, 8, 1, 5, 9])
      expect(new Set(bytes.testPixels)).toEqual(new Set([128]))
    })

    it('splits images and labels that have no split', async () => {
      await put({ 'a.npz': npz({ images: npy('|u1', [6, 2, 2], steps(24)), labels: labels(0, 1, 0, 1, 0, 1) }) })
      const { header } = await bring(join(folder, 'a.npz'), { testShare: 0.34 })
      expect(header).toMatchObject({ trainImages: 4, testImages: 2, shape: { channels: 1 } })
    })

    it.each([
      ['labels are missing', { images: npy('|u1', [1, 2, 2], steps(4)) }, /has no array labels or y/],
      ['the shape is no image', { images: npy('|u1', [4], steps(4)), labels: labels(0) }, /has the shape \[4\]/],
      [
        'there are fewer labels',
        { images: npy('|u1', [2, 2, 2], steps(8)), labels: labels(0) },
        /1 labels for 2 images/,
      ],
      ['a label is negative', { images: npy('|u1', [1, 2, 2], steps(4)), labels: labels(-1) }, /label 0 is -1/],
      [
        'values are no shares',
        { images: npy('<f4', [1, 1, 1], new Uint8Array(Float32Array.of(7).buffer)), labels: labels(0) },
        /value 0 is 7/,
      ],
      [
        'elements are objects',
        { images: npy('|O', [1, 2, 2], steps(4)), labels: labels(0) },
        /header that is not read|elements of the type/,
      ],
      [
        'bytes are missing',
        { images: npy('|u1', [9, 2, 2], steps(4)), labels: labels(0) },
        /needs 36 bytes, 4 are there/,
      ],
      ['names are unknown', { pictures: labels(0) }, /needs x_train, y_train/],
    ])('are refused where %s', async (_what, arrays, why) => {
      await put({ 'a.npz': npz(arrays as Record<string, Uint8Array>) })
      expect(await refusalOf(() => bring(join(folder, 'a.npz')))).toMatch(why)
    })
  })
})
