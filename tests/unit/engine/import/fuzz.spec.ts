/** Any change to a valid file is read or refused in words, never anything else: no other error, no endless loop. */
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../../../src-shared/contract/errors.js'
import { cifarForms, readCifarBatch, readCifarRecords } from '../../../../src-main/engine/import/cifar.js'
import { unpackGzip } from '../../../../src-main/engine/import/gzip.js'
import { readIdxImages, readIdxLabels } from '../../../../src-main/engine/import/idx.js'
import { importLimits } from '../../../../src-main/engine/import/limits.js'
import {
  openPictureDecoder,
  readPictureSize,
  type PictureDecoder,
} from '../../../../src-main/engine/import/read-picture.js'
import { readTar } from '../../../../src-main/engine/import/tar.js'
import { readZip } from '../../../../src-main/engine/import/zip.js'
import {
  cifarPickle,
  cifarPlanes,
  cifarRecord,
  idxImages,
  idxLabels,
  jpeg,
  paxRecord,
  png,
  tar,
  zip,
} from '../../../helpers/archives.js'

const RUNS = 300

type Change = (bytes: Uint8Array) => Uint8Array

/** Bytes overwritten, a part cut out, a part doubled, the end cut off. Early bytes more often: headers are there. */
const change: fc.Arbitrary<Change> = fc.oneof(
  fc
    .array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 8,
    })
    .map((edits): Change => (bytes) => {
      const changed = bytes.slice()
      for (const [place, value] of edits) changed[Math.floor(place ** 3 * bytes.length)] = value
      return changed
    }),
  fc.double({ min: 0, max: 1, noNaN: true }).map(
    (place): Change =>
      (bytes) =>
        bytes.subarray(0, Math.floor(place * bytes.length)),
  ),
  fc
    .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 600 }))
    .map(([place, length]): Change => (bytes) => {
      const at = Math.floor(place * bytes.length)
      return Uint8Array.from(Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]))
    }),
  fc
    .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 600 }))
    .map(([place, length]): Change => (bytes) => {
      const at = Math.floor(place * bytes.length)
      return Uint8Array.from(Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]))
    }),
)

const content = (words: string): Uint8Array => new TextEncoder().encode(words)
let pictures: PictureDecoder

beforeAll(async () => {
  pictures = await openPictureDecoder()
})

const readPicture = (bytes: Uint8Array): void => {
  const { height, width } = readPictureSize(bytes, 'f', { ...importLimits, imagePixels: 1_000_000 })
  const picture = pictures.decode(bytes, 'f')
  expect([picture.height, picture.width]).toEqual([height, width])
  expect(picture.pixels).toHaveLength(height * width * picture.channels)
}

const planes = [cifarPlanes(1), cifarPlanes(9)]
const readers: [string, () => Uint8Array | Promise<Uint8Array>, (bytes: Uint8Array) => void][] = [
  ['IDX images', () => idxImages(4, 5, 6, (i) => i % 256), (bytes) => readIdxImages(bytes, 'f')],
  ['IDX labels', () => idxLabels([1, 2, 3]), (bytes) => readIdxLabels(bytes, 'f')],
  [
    'gzip',
    () => Uint8Array.from(gzipSync(content('some words, some words'))),
    (bytes) => unpackGzip(bytes, 'f', 10_000),
  ],
  [
    'CIFAR records',
    () => cifarRecord([3], planes[0]!),
    (bytes) => readCifarRecords(bytes, 'f', cifarForms['cifar-10']),
  ],
  [
    'CIFAR pickles',
    () => cifarPickle('labels', [3, 9], planes),
    (bytes) => readCifarBatch(bytes, 'f', cifarForms['cifar-10']),
  ],
  [
    'tar',
    () =>
      tar([
        { name: 'd', type: '5' },
        { name: 'x', type: 'x', content: paxRecord('path', 'long') },
        { name: 'a', content: content('one') },
      ]),
    (bytes) => readTar(bytes, 'f', importLimits).forEach((file) => file.read()),
  ],
  [
    'zip',
    () =>
      zip([
        { name: 'd/a', content: content('one one one one') },
        { name: 'b', content: content('two'), isStored: true },
      ]),
    (bytes) => readZip(bytes, 'f', importLimits).forEach((file) => file.read()),
  ],
  ['PNG', () => png(6, 7, 3, (i) => (i * 37) % 256), readPicture],
  ['JPEG', () => jpeg(16, 24, [200, 60, 90]), readPicture],
]

describe.each(readers)('%s', (_name, make, read) => {
  it('is read as it is', async () => {
    const bytes = await make()
    expect(() => read(bytes)).not.toThrow()
  })

  it('is read or refused in words whatever is changed in it', async () => {
    const bytes = await make()
    let refused = 0
    fc.assert(
      fc.property(change, (changeIt) => {
        try {
          read(changeIt(bytes))
        } catch (error) {
          if (!(error instanceof AppError) || !error.message.startsWith('f: ')) throw error
          refused += 1
        }
      }),
      { numRuns: RUNS, seed: 1 },
    )
    expect(refused).toBeGreaterThan(RUNS / 10)
  })
})
